// What the reader does to messages and conversations. What sorts them can be undone.
import {api} from './api.js';
import {readUpTo, withEdit} from './conversation.js';
import {channelOf, listKey, patchList, patchThread, refreshSoon} from './lists.js';
import {act, dismissToast, message, toast} from './notices.js';
import {conversationKey, everyConversation, forgetConversations, removeMessage, reopen} from './opened.js';
import {go, href} from './router.js';
import {store} from './store.js';
import {texts} from './texts.js';

// ---- reading

const told = new Map();

/** Says what was on screen in a window that had the focus; `seen` are ids of messages. */
export function markSeen(threadId, seen) {
  const key = conversationKey(threadId);
  const conversation = store.state.conversations[key];
  const upTo = conversation && readUpTo(conversation.messages, seen);
  if (!upTo || told.get(threadId) === upTo) {
    return;
  }
  told.set(threadId, upTo);
  api.read(threadId, upTo).catch(() => told.delete(threadId));
}

export async function markAllRead(threadId) {
  const {messages} = store.state.conversations[conversationKey(threadId)] ?? {messages: []};
  const last = messages.findLast((m) => m.seq);
  if (last) {
    await act(() => api.read(threadId, last.seq));
  }
}

export async function markUnread(threadId, from) {
  told.delete(threadId);
  const list = store.state.route.folder;
  const done = await act(() => api.unread(threadId, from));
  if (done) {
    const {route} = store.state;
    if (route.folder === list && route.thread === threadId) {
      go(href.folder(list));
    }
    toast(texts.toast.markedUnread, done.seq);
  }
}

// ---- sorting; each can be undone

/** The conversation is not where it was. Who looked at it there goes on; who has gone elsewhere meanwhile, perhaps after it, stays. */
function goFrom(folder, thread, address, replace = true) {
  forgetConversations(thread.id);
  const {route} = store.state;
  if (route.thread === thread.id) {
    if (route.folder === folder) {
      go(address, replace);
    } else {
      reopen();
    }
  }
}

export async function move(thread, to, words) {
  const from = store.state.route.folder;
  const key = listKey(from, channelOf(store.state.view));
  const before = store.state.lists[key];
  const index = before?.ids.indexOf(thread.id) ?? -1;
  if (before) {
    patchList(key, {ids: before.ids.filter((id) => id !== thread.id)});
  }
  const done = await act(() => api.move(thread.id, from, to));
  if (done) {
    const next = before?.ids[index + 1] ?? before?.ids[index - 1];
    goFrom(from, thread, next && matchMedia('(width >= 60rem)').matches ? href.thread(from, next) : href.folder(from));
    toast(words, done.seq);
  }
  refreshSoon();
}

export async function deleteMessage(target) {
  const done = await act(() => api.deleteMessage(target.id));
  if (done) {
    removeMessage(target.threadId, target.id);
    toast(target.folder === 'trash' ? texts.toast.erased : texts.toast.messageDeleted, done.seq);
    refreshSoon();
  }
}

/** Gives a message of one's own another text; answers whether it has it. */
export async function editMessage(target, text) {
  const number = (target.edited?.number ?? 0) + 1;
  const done = await act(() => api.edit(target.id, number, text));
  if (done) {
    const at = new Date().toISOString();
    everyConversation(target.threadId, (messages) => withEdit(messages, target.id, number, text, at));
  }
  return Boolean(done);
}

export async function setFlag(target, flag, on) {
  const flags = on ? [...new Set([...target.flags, flag])] : target.flags.filter((known) => known !== flag);
  everyConversation(target.threadId, (messages) => messages.map((m) => (m.id === target.id ? {...m, flags} : m)));
  await act(() => api.setFlags(target.id, flags));
}

export async function accept(thread, name) {
  const from = store.state.route.folder;
  const done = await act(() => api.accept(thread.id));
  if (done) {
    patchThread(thread.id, {reason: undefined});
    goFrom(from, thread, href.thread('inbox', thread.id), false);
    toast(texts.requests.accepted(name));
    refreshSoon();
  }
}

export async function decline(thread, name) {
  const from = store.state.route.folder;
  const done = await act(() => api.decline(thread.id));
  if (done) {
    goFrom(from, thread, href.folder('requests'));
    toast(texts.requests.declined(name), done.seq);
    refreshSoon();
  }
}

export async function mute(thread, muted) {
  patchThread(thread.id, {settings: {...thread.settings, muted}});
  await act(() => api.threadSettings(thread.id, {muted}));
}

export async function undo(seq, toastId) {
  dismissToast(toastId);
  try {
    await api.undo(seq);
    told.clear();
    store.set({conversations: {}});
    reopen();
    refreshSoon();
    toast(texts.toast.undone);
  } catch (problem) {
    toast(problem.unreachable ? message(problem) : texts.toast.undoFailed);
  }
}

export async function changeSettings(change) {
  const before = store.state.settings;
  store.set({settings: {...before, ...change, page: {...before.page, ...change.page}}});
  const done = await act(() => api.changeSettings(change));
  if (!done) {
    store.set({settings: before});
  }
  return done;
}
