// All channels together, or one apart: for all conversations, or for one.
import {api} from './api.js';
import {loadList, patchThread, refreshSoon} from './lists.js';
import {message, toast} from './notices.js';
import {reopen} from './opened.js';
import {store} from './store.js';

export function keepView() {
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
