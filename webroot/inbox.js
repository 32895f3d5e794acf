// Who is here, where the reader is, and the line to the server: the page begins here.
import {api, whenUnauthenticated} from './api.js';
import {currentList, loadList} from './lists.js';
import {onEphemeral, onFrame} from './live.js';
import {announce, message} from './notices.js';
import {openThread} from './opened.js';
import {forgetOutbox, restoreOutbox, resume} from './outbox.js';
import {parse} from './router.js';
import {nobody, store} from './store.js';
import {Stream} from './stream.js';
import {texts} from './texts.js';
import {keepView} from './together.js';

const stream = new Stream(api.streamUrl, {
  onFrame,
  onEphemeral,
  onReset: () => reload(),
  onState: onConnection,
  onStale,
  onRefused: () => api.whoAmI().catch((problem) => problem.status === 401 && loggedOut(texts.login.ended)),
});

whenUnauthenticated(() => {
  if (store.state.session === 'in') {
    loggedOut(texts.login.ended);
  }
});

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

// ---- the line to the server

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

/** Whether the server can say that what is shown is the newest. Told once when it begins and once when it ends. */
function onStale(stale) {
  if (stale !== store.state.stale) {
    store.set({stale});
    announce(stale ? texts.connection.stale : texts.announce.fresh);
  }
}

export const retryConnection = () => (stream.seq ? stream.retry() : reload());
export const typing = (threadId) => stream.typing(threadId);
