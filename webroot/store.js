// The state of the page: one plain object, changed only by `set`, told to everybody once per turn.

export class Store {
  #state;
  #listeners = new Set();
  #told = true;

  constructor(state) {
    this.#state = state;
  }

  get state() {
    return this.#state;
  }

  set(patch) {
    this.#state = {...this.#state, ...(typeof patch === 'function' ? patch(this.#state) : patch)};
    if (this.#told) {
      this.#told = false;
      queueMicrotask(() => {
        this.#told = true;
        this.#listeners.forEach((listener) => listener(this.#state));
      });
    }
  }

  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export const nobody = () => ({
  session: 'unknown',
  notice: null,
  user: null,
  connection: {name: 'connecting'},
  stale: false,
  route: {folder: 'inbox', thread: null, page: null},
  view: 'together',
  folders: [],
  counts: {unread: 0, requests: 0},
  settings: {channels: 'together', page: {}},
  lists: {},
  threads: {},
  conversations: {},
  threadViews: {},
  outbox: [],
  drafts: [],
  typing: {},
  toasts: [],
  announcement: '',
});

export const store = new Store(nobody());

/** Renders a Lit component again whenever the state changes. */
export class Watch {
  #host;
  #stop;

  constructor(host) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected() {
    this.#stop = store.subscribe(() => this.#host.requestUpdate());
  }

  hostDisconnected() {
    this.#stop?.();
  }
}
