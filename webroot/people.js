// Names, initials and colours of people and conversations.
import {texts} from './texts.js';

export const personName = (person) => person?.name || person?.address || '';

/** The others of a thread; alone with oneself it is a notebook. */
export const othersOf = (thread) => (thread.participants ?? []).filter((person) => !person.self);

export function threadTitle(thread) {
  if (thread.title && thread.kind !== 'people') {
    return thread.title;
  }
  const others = othersOf(thread);
  return others.length === 0 ? thread.title || texts.list.notes : others.map(personName).join(', ');
}

export function initials(name) {
  const words = name.replace(/["'()[\]<>]/g, ' ').trim().split(/[\s._-]+/).filter(Boolean);
  const first = (word) => [...new Intl.Segmenter().segment(word)][0]?.segment ?? '';
  if (words.length === 0) {
    return '?';
  }
  const letters = words.length === 1 ? first(words[0]) : first(words[0]) + first(words[words.length - 1]);
  return letters.toLocaleUpperCase();
}

/** One of ten hues, the same for a person everywhere. */
export function hue(key) {
  let hash = 7;
  for (const char of key ?? '') {
    hash = (hash * 31 + char.codePointAt(0)) >>> 0;
  }
  return hash % 10;
}

/** Whether chat reaches these people: they have an account with us (their id is then not their address). */
export const canChat = (thread) => {
  const others = othersOf(thread);
  return thread.kind === 'group' || (thread.kind === 'people' && others.every((person) => person.id && person.id !== person.address));
};
