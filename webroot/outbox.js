// What the reader has sent and the server has not yet confirmed. A message keeps its id through every try, and the server
// stores an id once, so trying again is always safe. Kept over a reload of the page.
import {api} from './api.js';
import {store} from './store.js';
import {ulid} from './ulid.js';

const MOST_KEPT = 50;
const storageKey = () => `mainstem.outbox.${store.state.user?.id}`;

export function restoreOutbox() {
  try {
    const kept = JSON.parse(localStorage.getItem(storageKey()) ?? '[]');
    store.set({outbox: kept.map((pending) => ({...pending, local: pending.local === 'failed' ? 'failed' : 'waiting'}))});
  } catch {
    store.set({outbox: []});
  }
}

export function forgetOutbox() {
  localStorage.removeItem(storageKey());
}

function keep() {
  try {
    const open = store.state.outbox.filter((pending) => pending.local !== 'sent');
    if (open.length === 0) {
      localStorage.removeItem(storageKey());
    } else {
      localStorage.setItem(storageKey(), JSON.stringify(open.slice(-MOST_KEPT)));
    }
  } catch {
    // Without storage the messages live as long as the page.
  }
}

function patch(id, change) {
  store.set((state) => ({outbox: state.outbox.map((pending) => (pending.id === id ? {...pending, ...change} : pending))}));
  keep();
}

/**
 * Sends; the message is on screen at once.
 *
 * @param draft {threadId | to, channel, subject, text, attachments: [{id, name, type, sizeBytes}], group}
 * @returns the server's answer, or null while it is not confirmed; a refusal of a new conversation is thrown
 */
export async function send(draft) {
  const pending = {...draft, id: ulid(), sentAt: new Date().toISOString(), from: store.state.user, flags: ['\\Seen'], folder: 'sent', local: 'sending'};
  if (!draft.threadId) {
    // A new conversation has no place to show the message in yet, so its writer waits for the answer.
    return api.send(request(pending));
  }
  store.set((state) => ({outbox: [...state.outbox, pending]}));
  keep();
  return attempt(pending);
}

async function attempt(pending) {
  patch(pending.id, {local: 'sending', failure: null});
  try {
    const answer = await api.send(request(pending));
    patch(pending.id, {local: 'sent'});
    return answer;
  } catch (problem) {
    if (problem.passing) {
      patch(pending.id, {local: 'waiting'});
      later();
    } else {
      patch(pending.id, {local: 'failed', failure: problem.detail});
    }
    return null;
  }
}

const AGAIN_MILLIS = 5_000;
let timer = 0;
function later() {
  clearTimeout(timer);
  timer = setTimeout(resume, AGAIN_MILLIS);
}

/** Tries again what waits, in the order in which it was written. */
export async function resume() {
  for (const pending of store.state.outbox.filter((p) => p.local === 'waiting')) {
    await attempt(pending);
  }
}

export const retry = (pending) => attempt(pending);

export function discard(id) {
  store.set((state) => ({outbox: state.outbox.filter((pending) => pending.id !== id)}));
  keep();
}

function request({id, threadId, to, channel, subject, text, attachments, group}) {
  const body = {id, channel};
  if (threadId) {
    body.threadId = threadId;
  } else {
    body.to = to;
  }
  if (subject) {
    body.subject = subject;
  }
  if (text) {
    body.text = text;
  }
  if (attachments?.length) {
    body.attachments = attachments.map((file) => ({id: file.id, name: file.name}));
  }
  if (group) {
    body.group = group;
  }
  return body;
}
