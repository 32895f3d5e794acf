// The live connection: one WebSocket that goes on from the last seq seen, and comes back by itself.
//
//   idle ──start──► connecting ──open──► online ──close──► waiting ──timer, online, retry──► connecting
//
// A reset frame tells the page to load anew; frames without a seq are ephemeral. Nothing here touches the page.

const FIRST_DELAY_MILLIS = 400;
const LONGEST_DELAY_MILLIS = 20_000;
const ACK_DELAY_MILLIS = 120;
const STABLE_MILLIS = 5_000;

/** Equal jitter: at least half of the delay, so that many pages neither hammer a server nor come back all at once. */
export function backoffMillis(attempt, random = Math.random()) {
  const ceiling = Math.min(LONGEST_DELAY_MILLIS, FIRST_DELAY_MILLIS * 2 ** Math.min(attempt, 10));
  return ceiling / 2 + (ceiling / 2) * random;
}

export class Stream {
  #url;
  #handlers;
  #socket = null;
  #seq = null;
  #attempt = 0;
  #timer = 0;
  #ackTimer = 0;
  #running = false;
  #openedAt = 0;

  /**
   * @param url makes the address for a cursor
   * @param handlers {onFrame(frame), onEphemeral(frame), onReset(seq), onState({name, retryAt}), onRefused()}
   */
  constructor(url, handlers) {
    this.#url = url;
    this.#handlers = handlers;
  }

  get seq() {
    return this.#seq;
  }

  start(seq) {
    this.stop();
    this.#seq = seq;
    this.#running = true;
    this.#attempt = 0;
    addEventListener('online', this.#onOnline);
    addEventListener('offline', this.#onOffline);
    this.#connect();
  }

  stop() {
    this.#running = false;
    clearTimeout(this.#timer);
    clearTimeout(this.#ackTimer);
    removeEventListener('online', this.#onOnline);
    removeEventListener('offline', this.#onOffline);
    this.#drop();
  }

  retry() {
    if (this.#running && !this.#socket) {
      this.#attempt = 0;
      this.#connect();
    }
  }

  typing(threadId) {
    this.#say({op: 'typing', threadId});
  }

  #onOnline = () => this.retry();
  #onOffline = () => {
    this.#drop();
    this.#wait();
  };

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }

  #connect() {
    clearTimeout(this.#timer);
    this.#handlers.onState({name: 'connecting'});
    let opened = false;
    let socket;
    try {
      socket = new WebSocket(this.#url(this.#seq));
    } catch {
      this.#wait();
      return;
    }
    this.#socket = socket;
    socket.onopen = () => {
      opened = true;
      this.#openedAt = Date.now();
    };
    socket.onmessage = (event) => this.#onMessage(event.data);
    socket.onclose = (event) => {
      this.#socket = null;
      if (!this.#running) {
        return;
      }
      // 1008: the session ended. A handshake that fails may mean the same; the page asks by an ordinary request.
      if (event.code === 1008 || !opened) {
        this.#handlers.onRefused();
      }
      if (!this.#running) {
        return;
      }
      if (opened && Date.now() - this.#openedAt > STABLE_MILLIS) {
        this.#attempt = 0;
      }
      this.#wait();
    };
  }

  #wait() {
    clearTimeout(this.#timer);
    const delay = backoffMillis(this.#attempt++);
    this.#handlers.onState({name: 'waiting', retryAt: Date.now() + delay});
    this.#timer = setTimeout(() => this.#connect(), delay);
  }

  #onMessage(data) {
    const frame = JSON.parse(data);
    if (frame.type === 'reset') {
      this.#seq = frame.seq;
      this.#handlers.onReset(frame.seq);
    } else if (frame.type === 'caughtUp') {
      this.#seq = frame.seq;
      this.#attempt = 0;
      this.#handlers.onState({name: 'online'});
      this.#ackSoon();
    } else if (frame.type === 'reconnect') {
      this.#drop();
      this.#wait();
    } else if (Array.isArray(frame.changes)) {
      this.#seq = frame.seq;
      this.#handlers.onFrame(frame);
      this.#ackSoon();
    } else if (frame.type) {
      this.#handlers.onEphemeral(frame);
    }
  }

  /** Tells the server that this device has what came, so that senders see "delivered". One word for many frames. */
  #ackSoon() {
    clearTimeout(this.#ackTimer);
    this.#ackTimer = setTimeout(() => this.#say({op: 'ack', seq: this.#seq}), ACK_DELAY_MILLIS);
  }

  #say(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(message));
    }
  }
}
