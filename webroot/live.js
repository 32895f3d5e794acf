// What happens to the mailbox while the page is open: applies the frames of the stream.
import {insert, isOwn, isUnread, whole, withFlags, withStatus} from './conversation.js';
import {currentList, listKey, loadList, patchList, patchThread, refreshSoon} from './lists.js';
import {announce} from './notices.js';
import {everyConversation, FOLDERS_OF_THEIR_OWN, patchConversation, removeMessage, reopen} from './opened.js';
import {personName} from './people.js';
import {store} from './store.js';
import {texts} from './texts.js';
import {keepView} from './together.js';

const TYPING_MILLIS = 6_000;

export function onFrame(frame) {
  for (const change of frame.changes) {
    CHANGES[change.type]?.(change);
  }
}

const CHANGES = {
  message: ({message: changed, arrived}) => onMessage(whole(changed), arrived === true),
  removed: ({messageId, threadId, folderId, everywhere}) => {
    if (everywhere || folderId !== 'trash') {
      refreshSoon();
    }
    if (everywhere) {
      removeMessage(threadId, messageId);
    }
  },
  status: ({threadId, upTo, status}) => {
    everyConversation(threadId, (messages) => withStatus(messages, upTo, status));
    const {last} = store.state.threads[threadId] ?? {};
    if (last?.id === upTo) {
      patchThread(threadId, {last: {...last, status}});
    }
  },
  flags: ({threadId, messageIds, added, removed}) => everyConversation(threadId, (messages) => withFlags(messages, messageIds, added, removed)),
  read: ({threadId, unread, upTo}) => {
    everyConversation(threadId, (messages) => {
      const last = messages.findIndex((m) => m.seq === upTo);
      return messages.map((m, i) => (i <= last && isUnread(m) ? {...m, flags: [...m.flags, '\\Seen']} : m));
    });
    patchThread(threadId, {unread});
    if (store.state.view !== 'together') {
      refreshSoon();
    }
  },
  thread: ({thread}) => {
    const given = Object.fromEntries(Object.entries(thread).filter(([, value]) => value !== undefined && value !== null));
    if (store.state.view === 'together') {
      patchThread(thread.id, given);
    } else {
      patchThread(thread.id, Object.fromEntries(Object.entries(given).filter(([name]) => name !== 'last' && name !== 'unread')));
    }
    refreshSoon();
  },
  counts: ({unread, requests}) => store.set({counts: {unread, requests}}),
  folder: ({folder, deleted}) => store.set((state) => ({
    folders: deleted ? state.folders.filter((f) => f.id !== folder.id)
      : state.folders.some((f) => f.id === folder.id) ? state.folders.map((f) => (f.id === folder.id ? folder : f))
      : [...state.folders, folder],
  })),
  settings: ({settings}) => {
    store.set({settings});
    const before = store.state.view;
    keepView();
    if (store.state.view !== before) {
      reopen();
      loadList();
    }
  },
  draft: ({id, draft}) => store.set((state) => ({
    drafts: draft ? [draft, ...state.drafts.filter((d) => d.id !== id)] : state.drafts.filter((d) => d.id !== id),
  })),
};

function onMessage(incoming, arrived) {
  const {threadId} = incoming;
  store.set((state) => ({outbox: state.outbox.filter((pending) => pending.id !== incoming.id)}));
  for (const [key, conversation] of Object.entries(store.state.conversations)) {
    const [id, channel, folder] = key.split('|');
    if (id !== threadId || !conversation.messages || (channel && channel !== incoming.channel)) {
      continue;
    }
    const places = incoming.folders ?? [incoming.folder];
    const shown = folder ? places.includes(folder) : places.some((place) => !FOLDERS_OF_THEIR_OWN.has(place));
    const known = conversation.messages.some((m) => m.id === incoming.id);
    if (shown && (known || arrived || conversation.next === null)) {
      const messages = insert(conversation.messages, incoming);
      const away = store.state.route.thread !== threadId || !document.hasFocus();
      const divider = conversation.divider ?? (arrived && away && isUnread(incoming) ? incoming.id : null);
      patchConversation(key, {messages, divider});
    } else if (!shown && known) {
      patchConversation(key, {messages: conversation.messages.filter((m) => m.id !== incoming.id)});
    }
  }
  if (!arrived) {
    refreshSoon();
    return;
  }
  const {typing: writing} = store.state;
  if (writing[threadId]) {
    store.set({typing: {...writing, [threadId]: null}});
  }
  if (!isOwn(incoming) && store.state.route.thread !== threadId && isUnread(incoming)) {
    announce(texts.announce.message(personName(incoming.from), texts.channelWord[incoming.channel]));
  }
  const list = currentList();
  const thread = store.state.threads[threadId];
  if (!thread || !list || store.state.view !== 'together' || !list.ids.includes(threadId)) {
    refreshSoon();
    return;
  }
  const newer = !thread.last || (incoming.id !== thread.last.id && incoming.sentAt >= thread.last.sentAt);
  if (newer) {
    patchThread(threadId, {last: incoming, unread: thread.unread + (isUnread(incoming) ? 1 : 0)});
    patchList(listKey(store.state.route.folder, null), {ids: [threadId, ...list.ids.filter((id) => id !== threadId)]});
  }
}

export function onEphemeral(frame) {
  if (frame.type === 'typing' && frame.threadId && !frame.by?.self) {
    const until = Date.now() + TYPING_MILLIS;
    store.set((state) => ({typing: {...state.typing, [frame.threadId]: {by: frame.by, until}}}));
    setTimeout(() => store.set((state) => (state.typing[frame.threadId]?.until === until ? {typing: {...state.typing, [frame.threadId]: null}} : {})), TYPING_MILLIS);
  }
}
