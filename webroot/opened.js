// Conversations that were opened: which of their messages are shown, loaded back in time.
import {api} from './api.js';
import {insert, isUnread, whole} from './conversation.js';
import {channelOf} from './lists.js';
import {message, toast} from './notices.js';
import {store} from './store.js';
import {texts} from './texts.js';

const PAGE = 50;

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

export const FOLDERS_OF_THEIR_OWN = new Set(['junk', 'trash']);
/** An opened thread shows all outside Junk and Trash; opened there, what stands there. */
const folderOf = (state) => (FOLDERS_OF_THEIR_OWN.has(state.route.folder) ? state.route.folder : null);

export function conversationKey(threadId, state = store.state) {
  const thread = state.threads[threadId];
  return `${threadId}|${(thread && threadChannel(thread, state)) ?? ''}|${folderOf(state) ?? ''}`;
}

export function patchConversation(key, patch) {
  store.set((state) => ({conversations: {...state.conversations, [key]: {...state.conversations[key], ...patch}}}));
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

export const reopen = () => store.state.route.thread && openThread(store.state.route.thread);

export function forgetConversations(threadId) {
  store.set((state) => ({conversations: Object.fromEntries(Object.entries(state.conversations).filter(([key]) => !key.startsWith(`${threadId}|`)))}));
}

export function everyConversation(threadId, change) {
  store.set((state) => {
    const conversations = {};
    for (const [key, conversation] of Object.entries(state.conversations)) {
      conversations[key] = key.startsWith(`${threadId}|`) ? {...conversation, messages: change(conversation.messages)} : conversation;
    }
    return {conversations};
  });
}

export const removeMessage = (threadId, id) => everyConversation(threadId, (messages) => messages.filter((m) => m.id !== id));
