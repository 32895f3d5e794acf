// Which messages have been on screen while the window had the focus: the only ones that may be marked as read.

const DWELL_MILLIS = 500;
const MOSTLY = 0.6;

export class Sight {
  #onSeen;
  #observer = null;
  #visible = new Set();
  #seen = new Set();
  #watched = new WeakSet();
  #timer = 0;

  /** @param onSeen called with the set of ids of all messages seen so far */
  constructor(onSeen) {
    this.#onSeen = onSeen;
  }

  start(scroller) {
    this.stop();
    this.#watched = new WeakSet();
    this.#observer = new IntersectionObserver((entries) => this.#onIntersection(entries), {root: scroller, threshold: [0, 0.3, MOSTLY, 1]});
    addEventListener('focus', this.#soon);
    document.addEventListener('visibilitychange', this.#soon);
  }

  stop() {
    this.#observer?.disconnect();
    this.#observer = null;
    clearTimeout(this.#timer);
    removeEventListener('focus', this.#soon);
    document.removeEventListener('visibilitychange', this.#soon);
  }

  forget() {
    this.#visible.clear();
    this.#seen.clear();
  }

  watch(rows) {
    for (const row of rows) {
      if (!this.#watched.has(row)) {
        this.#watched.add(row);
        this.#observer?.observe(row);
      }
    }
    this.#soon();
  }

  /** Most of it is in sight, or what is in sight of it fills half of the pane. */
  #onIntersection(entries) {
    for (const {target, isIntersecting, intersectionRatio, intersectionRect, rootBounds} of entries) {
      const enough = isIntersecting && (intersectionRatio >= MOSTLY || intersectionRect.height >= (rootBounds?.height ?? Infinity) / 2);
      if (enough) {
        this.#visible.add(target.dataset.id);
      } else {
        this.#visible.delete(target.dataset.id);
      }
    }
    this.#soon();
  }

  #soon = () => {
    clearTimeout(this.#timer);
    if (this.#visible.size > 0 && this.#attentive()) {
      this.#timer = setTimeout(this.#look, DWELL_MILLIS);
    }
  };

  #attentive = () => document.visibilityState === 'visible' && document.hasFocus();

  #look = () => {
    if (this.#attentive()) {
      this.#visible.forEach((id) => this.#seen.add(id));
      this.#onSeen(this.#seen);
    }
  };
}
