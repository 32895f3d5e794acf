// What the page can do and what happens to it: loads, applies live frames, and carries out the reader's actions.
import {api, Problem, whenUnauthenticated} from './api.js';
import {insert, isOwn, isUnread, readUpTo, whole, withEdit, withFlags, withStatus} from './conversation.js';
import {personName} from './people.js';
import {go, href, parse} from './router.js';
import {nobody, store} from './store.js';
import {Stream} from './stream.js';
import {texts} from './texts.js';
import {forgetOutbox, restoreOutbox, resume} from './outbox.js';

const PAGE = 50;
const REFRESH_MILLIS = 150;
const TYPING_MILLIS = 6_000;
const MOST_TOASTS = 3;

const stream = new Stream(api.streamUrl, {
  onFrame,
  onEphemeral,
  onReset: () => reload(),
  onState: onConnection,
  onRefused: () => api.whoAmI().catch((problem) => problem.status === 401 && loggedOut(texts.login.ended)),
});

whenUnauthenticated(() => {
  if (store.state.session === 'in') {
    loggedOut(texts.login.ended);
  }
});

export const listKey = (folder, channel) => `${folder}|${channel ?? ''}`;
export const channelOf = (view) => (view === 'together' ? null : view);
export const message = (problem) =>
  problem.unreachable ? texts.error.offline
    : problem.status === 507 ? texts.error.quota
    : problem.status === 503 ? problem.detail || texts.error.busy
    : problem.detail || texts.error.generic;

// ---- who is here

export async function begin() {
  const usedKey = location.hash === '#used-key';
  if (usedKey) {
    history.replaceState(null, '', location.pathname);
  }
  const route = parse(location.hash);
  store.set({route: {...route, folder: route.folder ?? 'inbox'}});
  addEventListener('hashchange', onRoute);
  try {
    const {user} = await api.whoAmI();
    await enter(user);
  } catch (problem) {
    if (problem.status === 401) {
      store.set({session: 'out', notice: usedKey ? texts.login.usedKey : null});
    } else {
      store.set({session: 'broken', notice: message(problem)});
    }
  }
}

export async function login(user, password) {
  const answer = await api.login(user, password);
  await enter(answer.user);
}

export async function logout() {
  stream.stop();
  forgetOutbox();
  await api.logout().catch(() => {});
  loggedOut(null);
}

function loggedOut(notice) {
  stream.stop();
  store.set({...nobody(), route: store.state.route, session: 'out', notice});
}

async function enter(user) {
  const view = sessionStorage.getItem('mainstem.view');
  store.set({session: 'in', user, notice: null, view: ['mail', 'chat'].includes(view) ? view : 'together'});
  restoreOutbox(user);
  await reload();
}

/** Loads what the first screen needs and goes on live from exactly there. */
export async function reload() {
  store.set({lists: {}, conversations: {}, threadViews: {}});
  const settled = await Promise.allSettled([api.settings(), api.folders(), api.counts(), api.drafts()]);
  if (store.state.session !== 'in') {
    return;
  }
  const [settings, folders, counts, drafts] = settled.map((result) => result.value);
  store.set((state) => ({
    settings: settings?.settings ?? state.settings,
    folders: folders?.folders ?? state.folders,
    counts: counts ?? state.counts,
    drafts: drafts?.drafts ?? state.drafts,
  }));
  keepView();
  const seq = await loadList();
  const {thread} = store.state.route;
  if (thread) {
    openThread(thread);
  }
  const since = seq ?? counts?.seq ?? settings?.seq;
  if (since !== undefined && store.state.session === 'in') {
    stream.start(since);
  } else if (store.state.session === 'in') {
    const retryAt = Date.now() + 3_000;
    store.set({connection: {name: 'waiting', retryAt}});
    setTimeout(() => store.state.session === 'in' && !stream.seq && reload(), 3_000);
  }
}

// ---- where the reader is

function onRoute() {
  const next = parse(location.hash);
  const now = store.state.route;
  store.set({route: {...next, folder: next.folder ?? now.folder}});
  if (store.state.session !== 'in') {
    return;
  }
  if (next.folder && next.folder !== now.folder) {
    loadList();
  }
  if (next.thread) {
    openThread(next.thread);
  }
}

export const currentList = (state = store.state) => state.lists[listKey(state.route.folder, channelOf(state.view))];

function patchList(key, patch) {
  store.set((state) => ({lists: {...state.lists, [key]: {...state.lists[key], ...patch}}}));
}

/** Loads the first page of the list on screen; answers the seq at which it held. */
export async function loadList() {
  const {route, view} = store.state;
  const key = listKey(route.folder, channelOf(view));
  if (!store.state.lists[key]) {
    patchList(key, {ids: [], next: null, state: 'loading'});
  }
  try {
    const page = await api.threads({folder: route.folder, channel: channelOf(view), limit: PAGE});
    keepThreads(key, page.threads);
    // What was paged in below the first page stays below it.
    const first = new Set(page.threads.map((thread) => thread.id));
    const known = store.state.lists[key];
    const deeper = known?.paged ? known.ids.filter((id) => !first.has(id)) : [];
    patchList(key, {ids: [...first, ...deeper], next: known?.paged ? known.next : page.next ?? null, state: 'ready'});
    return page.seq;
  } catch (problem) {
    if (store.state.session === 'in' && store.state.lists[key]?.state !== 'ready') {
      patchList(key, {state: 'error', problem: problem instanceof Problem ? message(problem) : texts.error.generic});
    }
    return undefined;
  }
}

export async function loadMoreThreads() {
  const {route, view} = store.state;
  const key = listKey(route.folder, channelOf(view));
  const list = store.state.lists[key];
  if (!list?.next || list.loadingMore) {
    return;
  }
  patchList(key, {loadingMore: true});
  try {
    const page = await api.threads({folder: route.folder, channel: channelOf(view), limit: PAGE, before: list.next});
    keepThreads(key, page.threads);
    const ids = [...new Set([...store.state.lists[key].ids, ...page.threads.map((thread) => thread.id)])];
    patchList(key, {ids, next: page.next ?? null, paged: true, loadingMore: false});
  } catch (problem) {
    patchList(key, {loadingMore: false});
    toast(message(problem));
  }
}

/** A list keeps its own view of a thread: apart, "last" and "unread" are those of the channel. */
function keepThreads(key, threads) {
  const own = Object.fromEntries(threads.map((thread) => [thread.id, thread]));
  store.set((state) => ({
    threads: {...state.threads, ...Object.fromEntries(threads.map((thread) => [thread.id, {...thread, ...state.threads[thread.id], ...(key.endsWith('|') ? thread : {})}]))},
    threadViews: {...state.threadViews, [key]: {...state.threadViews[key], ...own}},
  }));
}

let refreshTimer = 0;
function refreshSoon() {
  clearTimeout(refreshTimer);
  refreshTimer = setTimeout(() => store.state.session === 'in' && loadList(), REFRESH_MILLIS);
}

// ---- together and apart

/** The channel that an open thread shows: null is all of them together. */
export function threadChannel(thread, state = store.state) {
  const own = state.settings.page?.[`tab.${thread?.id}`];
  const mode = thread?.settings?.channels;
  const apart = mode === 'apart' || ((!mode || mode === 'default') && state.settings.channels === 'apart');
  if (!apart) {
    return null;
  }
  const tab = state.tabs?.[thread.id] ?? own ?? channelOf(state.view) ?? thread.last?.channel ?? 'chat';
  return tab === 'mail' ? 'mail' : 'chat';
}

function keepView() {
  const {settings, view} = store.state;
  if (settings.channels === 'apart' && view === 'together') {
    setView('chat');
  } else if (settings.channels !== 'apart' && view !== 'together') {
    setView('together');
  }
}

function setView(view) {
  sessionStorage.setItem('mainstem.view', view);
  store.set({view});
}

/** Together, or one channel apart, for all conversations: kept in the owner's log, so all devices agree. */
export async function showAll(view) {
  const before = store.state;
  setView(view);
  const channels = view === 'together' ? 'together' : 'apart';
  store.set((state) => ({settings: {...state.settings, channels}, tabs: {}}));
  reopen();
  const loaded = loadList();
  if (before.settings.channels !== channels) {
    try {
      await api.changeSettings({channels});
    } catch (problem) {
      setView(before.view);
      store.set((state) => ({settings: {...state.settings, channels: before.settings.channels}}));
      reopen();
      toast(message(problem));
      await loadList();
      return;
    }
  }
  await loaded;
  await loadList();
}

/** The same for one conversation. */
export async function showOne(thread, view) {
  const channels = view === 'together' ? 'together' : 'apart';
  const before = thread.settings;
  if (view !== 'together') {
    store.set((state) => ({tabs: {...state.tabs, [thread.id]: view}}));
  }
  patchThread(thread.id, {settings: {...before, channels}});
  reopen();
  if (before?.channels !== channels) {
    try {
      await api.threadSettings(thread.id, {channels});
      refreshSoon();
    } catch (problem) {
      patchThread(thread.id, {settings: before});
      reopen();
      toast(message(problem));
    }
  }
}

const reopen = () => store.state.route.thread && openThread(store.state.route.thread);

// ---- one conversation

const FOLDERS_OF_THEIR_OWN = new Set(['junk', 'trash']);
/** An opened thread shows all outside Junk and Trash; opened there, what stands there. */
const folderOf = (state) => (FOLDERS_OF_THEIR_OWN.has(state.route.folder) ? state.route.folder : null);

export function conversationKey(threadId, state = store.state) {
  const thread = state.threads[threadId];
  return `${threadId}|${(thread && threadChannel(thread, state)) ?? ''}|${folderOf(state) ?? ''}`;
}

function patchConversation(key, patch) {
  store.set((state) => ({conversations: {...state.conversations, [key]: {...state.conversations[key], ...patch}}}));
}

export function patchThread(id, patch) {
  store.set((state) => {
    const threadViews = {};
    for (const [key, view] of Object.entries(state.threadViews)) {
      threadViews[key] = view[id] ? {...view, [id]: {...view[id], ...patch}} : view;
    }
    return {threads: state.threads[id] ? {...state.threads, [id]: {...state.threads[id], ...patch}} : state.threads, threadViews};
  });
}

export async function openThread(id) {
  if (!store.state.threads[id]) {
    try {
      const {thread} = await api.thread(id);
      store.set((state) => ({threads: {...state.threads, [id]: thread}}));
    } catch (problem) {
      patchConversation(`${id}||${folderOf(store.state) ?? ''}`, {messages: [], next: null, state: 'error', problem: problem.status === 404 ? texts.thread.gone : message(problem)});
      return;
    }
  }
  const key = conversationKey(id);
  const known = store.state.conversations[key];
  if (known?.state === 'ready') {
    patchConversation(key, {divider: firstUnread(known.messages)});
    return;
  }
  if (known?.state === 'loading') {
    return;
  }
  patchConversation(key, {messages: known?.messages ?? [], next: null, state: 'loading', divider: null});
  try {
    const thread = store.state.threads[id];
    const page = await api.messages(id, {channel: threadChannel(thread), folder: folderOf(store.state), limit: PAGE});
    let messages = page.messages.map(whole);
    for (const live of store.state.conversations[key]?.messages ?? []) {
      messages = insert(messages, messages.find((loaded) => loaded.id === live.id) ?? live);
    }
    patchConversation(key, {messages, next: page.next ?? null, state: 'ready', divider: firstUnread(messages)});
  } catch (problem) {
    patchConversation(key, {state: 'error', problem: problem.status === 404 ? texts.thread.gone : message(problem)});
  }
}

const firstUnread = (messages) => messages.find(isUnread)?.id ?? null;

/** Back in time. */
export async function loadOlder(id) {
  const key = conversationKey(id);
  const conversation = store.state.conversations[key];
  if (!conversation?.next || conversation.loadingOlder) {
    return;
  }
  patchConversation(key, {loadingOlder: true});
  try {
    const page = await api.messages(id, {channel: threadChannel(store.state.threads[id]), folder: folderOf(store.state), limit: PAGE, before: conversation.next});
    const known = new Set(store.state.conversations[key].messages.map((m) => m.id));
    const older = page.messages.map(whole).filter((m) => !known.has(m.id));
    const messages = [...older, ...store.state.conversations[key].messages];
    const divider = store.state.conversations[key].divider;
    const unreadAbove = firstUnread(older);
    patchConversation(key, {messages, next: page.next ?? null, loadingOlder: false, divider: divider && unreadAbove ? unreadAbove : divider});
  } catch (problem) {
    patchConversation(key, {loadingOlder: false});
    toast(message(problem));
  }
}

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
    go(href.folder(list));
    toast(texts.toast.markedUnread, done.seq);
  }
}

// ---- sorting; each can be undone

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
    forgetConversations(thread.id);
    if (store.state.route.thread === thread.id) {
      const next = before?.ids[index + 1] ?? before?.ids[index - 1];
      go(next && matchMedia('(width >= 60rem)').matches ? href.thread(from, next) : href.folder(from), true);
    }
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
  const done = await act(() => api.accept(thread.id));
  if (done) {
    forgetConversations(thread.id);
    patchThread(thread.id, {reason: undefined});
    go(href.thread('inbox', thread.id));
    toast(texts.requests.accepted(name));
    refreshSoon();
  }
}

export async function decline(thread, name) {
  const done = await act(() => api.decline(thread.id));
  if (done) {
    forgetConversations(thread.id);
    go(href.folder('requests'), true);
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

/** Carries out one action; a refusal is told in words. */
async function act(action) {
  try {
    return await action();
  } catch (problem) {
    if (!(problem instanceof Problem)) {
      throw problem;
    }
    toast(message(problem));
    return null;
  }
}

function forgetConversations(threadId) {
  store.set((state) => ({conversations: Object.fromEntries(Object.entries(state.conversations).filter(([key]) => !key.startsWith(`${threadId}|`)))}));
}

function everyConversation(threadId, change) {
  store.set((state) => {
    const conversations = {};
    for (const [key, conversation] of Object.entries(state.conversations)) {
      conversations[key] = key.startsWith(`${threadId}|`) ? {...conversation, messages: change(conversation.messages)} : conversation;
    }
    return {conversations};
  });
}

const removeMessage = (threadId, id) => everyConversation(threadId, (messages) => messages.filter((m) => m.id !== id));

// ---- live

function onConnection(connection) {
  const before = store.state.connection.name;
  if (store.state.session !== 'in') {
    return;
  }
  store.set({connection});
  if (connection.name === 'waiting' && before === 'online') {
    announce(texts.announce.offline);
  }
  if (connection.name === 'online') {
    if (store.state.wasOffline) {
      announce(texts.announce.online);
    }
    resume();
    const list = currentList();
    if (list?.state === 'error') {
      loadList();
    }
  }
  store.set({wasOffline: connection.name === 'waiting' || (connection.name === 'connecting' && store.state.wasOffline)});
}

export const retryConnection = () => (stream.seq ? stream.retry() : reload());
export const typing = (threadId) => stream.typing(threadId);

function onFrame(frame) {
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

function onEphemeral(frame) {
  if (frame.type === 'typing' && frame.threadId && !frame.by?.self) {
    const until = Date.now() + TYPING_MILLIS;
    store.set((state) => ({typing: {...state.typing, [frame.threadId]: {by: frame.by, until}}}));
    setTimeout(() => store.set((state) => (state.typing[frame.threadId]?.until === until ? {typing: {...state.typing, [frame.threadId]: null}} : {})), TYPING_MILLIS);
  }
}

// ---- words to the reader

let nextToast = 1;

/** @param undoSeq when given, the toast offers to undo the entry of that seq */
export function toast(text, undoSeq = null) {
  const id = nextToast++;
  store.set((state) => ({toasts: [...state.toasts, {id, text, undoSeq}].slice(-MOST_TOASTS)}));
}

export const dismissToast = (id) => store.set((state) => ({toasts: state.toasts.filter((known) => known.id !== id)}));

export const announce = (text) => store.set({announcement: text});
