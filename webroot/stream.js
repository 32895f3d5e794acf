// The live connection: one WebSocket that goes on from the last seq seen, and comes back by itself.
//
//   idle ──start──► connecting ──open──► online ──close, silence──► waiting ──timer, online, retry──► connecting
//
// A frozen server or a dead network closes nothing: only its silence tells. So while the page is looked at, a quiet connection
// is asked for a sign of life (a page cannot see the pings of RFC 6455), and left when it gives none.
//
// A reset frame tells the page to load anew; frames without a seq are ephemeral. Nothing here touches the page.

const FIRST_DELAY_MILLIS = 400;
const LONGEST_DELAY_MILLIS = 20_000;
const ACK_DELAY_MILLIS = 120;
const STABLE_MILLIS = 5_000;
const CONNECT_MILLIS = 8_000;
const QUIET_MILLIS = 15_000;
const ANSWER_MILLIS = 4_000;

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
  #lifeTimer = 0;
  #running = false;
  #openedAt = 0;

  /**
   * @param url makes the address for a cursor
   * @param handlers {onFrame(frame), onEphemeral(frame), onReset(seq), onState({name, retryAt}), onStale(now), onRefused()}
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
    document.addEventListener('visibilitychange', this.#onSight);
    this.#connect();
  }

  stop() {
    this.#running = false;
    clearTimeout(this.#timer);
    clearTimeout(this.#ackTimer);
    removeEventListener('online', this.#onOnline);
    removeEventListener('offline', this.#onOffline);
    document.removeEventListener('visibilitychange', this.#onSight);
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

  /** Whoever comes back to the page, or wakes his machine, wants to know at once whether it is live. */
  #onSight = () => this.#probe();

  #drop() {
    clearTimeout(this.#lifeTimer);
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
    this.#endAfter(CONNECT_MILLIS);
    socket.onopen = () => {
      opened = true;
      this.#openedAt = Date.now();
      this.#heard();
    };
    socket.onmessage = (event) => this.#onMessage(event.data);
    socket.onclose = (event) => {
      this.#socket = null;
      clearTimeout(this.#lifeTimer);
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

  #heard() {
    clearTimeout(this.#lifeTimer);
    this.#lifeTimer = setTimeout(() => this.#probe(), QUIET_MILLIS);
  }

  #probe() {
    if (this.#socket?.readyState === WebSocket.OPEN && document.visibilityState === 'visible') {
      this.#say({op: 'ping', ref: 'life'});
      this.#endAfter(ANSWER_MILLIS);
    }
  }

  #endAfter(millis) {
    clearTimeout(this.#lifeTimer);
    this.#lifeTimer = setTimeout(() => {
      this.#drop();
      this.#wait();
    }, millis);
  }

  #onMessage(data) {
    this.#heard();
    const frame = JSON.parse(data);
    if (frame.type === 'reset') {
      this.#seq = frame.seq;
      this.#handlers.onReset(frame.seq);
    } else if (frame.type === 'caughtUp') {
      this.#seq = frame.seq;
      this.#attempt = 0;
      this.#handlers.onStale(frame.stale === true);
      this.#handlers.onState({name: 'online'});
      this.#ackSoon();
    } else if (frame.type === 'stale' || frame.type === 'fresh') {
      this.#handlers.onStale(frame.type === 'stale');
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
