// Lists of conversations: loaded page by page, kept apart for each folder and channel.
import {api, Problem} from './api.js';
import {message, toast} from './notices.js';
import {store} from './store.js';
import {texts} from './texts.js';

const PAGE = 50;
const REFRESH_MILLIS = 150;

export const listKey = (folder, channel) => `${folder}|${channel ?? ''}`;
export const channelOf = (view) => (view === 'together' ? null : view);

export const currentList = (state = store.state) => state.lists[listKey(state.route.folder, channelOf(state.view))];

export function patchList(key, patch) {
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
export function refreshSoon() {
  clearTimeout(refreshTimer);
  refreshTimer = setTimeout(() => store.state.session === 'in' && loadList(), REFRESH_MILLIS);
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
