// What is known of a conversation's messages, as pure functions: order, status, and how a run of them is laid out.
import {dayKey} from './time.js';

/** A message whose content was erased has only its place left; the page draws it with empty fields. */
export const whole = (message) => ({channel: 'chat', text: '', to: [], attachments: [], flags: [], ...message});

const RANK = {sent: 1, delivered: 2, read: 3};
const GROUP_MILLIS = 5 * 60_000;

export const isSeen = (message) => message.flags.some((flag) => flag.toLowerCase().replace('\\', '') === 'seen');
export const isFlagged = (message) => message.flags.some((flag) => flag.toLowerCase().replace('\\', '') === 'flagged');
export const isOwn = (message) => message.from?.self === true;
export const isUnread = (message) => !isOwn(message) && !isSeen(message);

/** Puts a message where it belongs: in place of its former self, else by its time, after those of the same time. */
export function insert(messages, message) {
  const at = messages.findIndex((known) => known.id === message.id);
  if (at >= 0) {
    const copy = messages.slice();
    // A frame from before an edit has lost its text; the edit's own frame brings the new one.
    copy[at] = {...messages[at], ...message, erased: message.erased, html: message.html ?? messages[at].html};
    return copy;
  }
  let end = messages.length;
  while (end > 0 && messages[end - 1].sentAt > message.sentAt) {
    end--;
  }
  return [...messages.slice(0, end), message, ...messages.slice(end)];
}

/** A watermark: everything of one's own up to a message has at least this status. A failure is of that message alone. */
export function withStatus(messages, upTo, status) {
  const last = messages.findIndex((message) => message.id === upTo);
  if (last < 0) {
    return messages;
  }
  return messages.map((message, i) => {
    if (i > last || !isOwn(message)) {
      return message;
    }
    if (status === 'failed') {
      return i === last ? {...message, status} : message;
    }
    if (message.status === 'failed' && i !== last) {
      return message;
    }
    return (RANK[message.status] ?? 0) < RANK[status] ? {...message, status} : message;
  });
}

/** An edit that is on its way to all devices, as it will come back. */
export const withEdit = (messages, id, number, text, at) =>
  messages.map((message) => (message.id === id && (message.edited?.number ?? 0) < number ? {...message, text, edited: {number, at}} : message));

export function withFlags(messages, ids, added = [], removed = []) {
  const touched = new Set(ids);
  return messages.map((message) =>
    touched.has(message.id)
      ? {...message, flags: [...new Set([...message.flags.filter((flag) => !removed.includes(flag)), ...added])]}
      : message,
  );
}

/** A subject without the prefixes that answering adds. */
export const bareSubject = (subject) =>
  (subject ?? '').replace(/^(\s*(re|fwd?|aw|wg|sv|vs|antw|tr|rv)(\[\d+\])?\s*:)+/i, '').trim();

/**
 * The rows of a log: days, subject headings over runs of mails, the line before what is new, and messages, each knowing
 * whether it opens or closes a group of its sender.
 *
 * @param firstUnread the id of the message above which the line stands, or null
 */
export function layout(messages, firstUnread) {
  const rows = [];
  let previous = null;
  let subject = null;
  for (const message of messages) {
    const newDay = !previous || dayKey(previous.sentAt) !== dayKey(message.sentAt);
    const divided = message.id === firstUnread;
    if (newDay) {
      rows.push({kind: 'day', key: `day-${dayKey(message.sentAt)}-${message.id}`, at: message.sentAt});
    }
    if (divided) {
      rows.push({kind: 'unread', key: 'unread'});
    }
    if (message.channel === 'mail') {
      const own = bareSubject(message.subject);
      if (own !== subject || previous?.channel !== 'mail') {
        rows.push({kind: 'subject', key: `subject-${message.id}`, text: own});
      }
      subject = own;
    }
    const opens =
      newDay || divided || !previous || previous.from?.id !== message.from?.id || previous.channel !== message.channel
      || new Date(message.sentAt) - new Date(previous.sentAt) > GROUP_MILLIS;
    if (opens && rows.length > 0) {
      const before = rows.findLast((row) => row.kind === 'message');
      if (before) {
        before.closes = true;
      }
    }
    rows.push({kind: 'message', key: message.id, message, opens, closes: false});
    previous = message;
  }
  const last = rows.findLast((row) => row.kind === 'message');
  if (last) {
    last.closes = true;
  }
  return rows;
}

/**
 * How far a reader may be said to have read: the seq of the last message before which nothing unread is left that has not
 * been on screen. Null when there is nothing to say.
 */
export function readUpTo(messages, seen) {
  let upTo = null;
  let any = false;
  for (const message of messages) {
    if (isUnread(message)) {
      if (!seen.has(message.id)) {
        break;
      }
      any = true;
    }
    if (any && message.seq) {
      upTo = message.seq;
    }
  }
  // Nothing after the last message seen is claimed, read or not: only what was on screen counts.
  if (!any) {
    return null;
  }
  const lastSeen = messages.findLast((message) => seen.has(message.id) && message.seq);
  const order = messages.map((message) => message.seq);
  return order.indexOf(upTo) > order.indexOf(lastSeen?.seq) ? lastSeen.seq : upTo;
}
