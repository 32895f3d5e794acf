import {css, html, LitElement, nothing} from 'lit';
import {repeat} from 'lit/directives/repeat.js';
import {undo} from '../actions.js';
import {dismissToast} from '../notices.js';
import {store, Watch} from '../store.js';
import {shared} from '../styles/shared.css.js';
import {texts} from '../texts.js';
import {icons} from './icons.js';

const PLAIN_MILLIS = 5_000;
const UNDO_MILLIS = 12_000;

/** Short notices at the lower edge. They go by themselves, but not while the pointer or the focus is on them. */
class ToastStack extends LitElement {
  watch = new Watch(this);
  #timers = new Map();

  static styles = [shared, css`
    :host { position: fixed; z-index: 50; inset-block-end: 1rem; inset-inline: 1rem; display: grid; justify-items: center; gap: 0.5rem; pointer-events: none; }
    .toast {
      display: flex;
      align-items: center;
      gap: 0.5rem;
      max-inline-size: min(32rem, 100%);
      padding: 0.375rem 0.375rem 0.375rem 1.125rem;
      border-radius: 1.5rem;
      background: light-dark(#16302f, #e3edeb);
      color: light-dark(#f2f8f7, #10201f);
      box-shadow: var(--shadow);
      font-size: 0.9375rem;
      pointer-events: auto;
      animation: rise 180ms ease-out;
    }
    .toast .button, .toast .icon { color: inherit; border-color: transparent; }
    .toast .button { color: light-dark(#8be0e6, #07525b); font-weight: 650; }
    .toast .button:hover, .toast .icon:hover { background: light-dark(rgb(255 255 255 / 0.12), rgb(0 0 0 / 0.08)); }
    .toast :focus-visible { outline-color: light-dark(#8be0e6, #07525b); }
    .icon { min-inline-size: 2rem; min-block-size: 2rem; }
    @keyframes rise { from { opacity: 0; transform: translateY(0.75rem); } }
  `];

  render() {
    const {toasts} = store.state;
    return html`<div role="status" class="sr">${toasts.at(-1)?.text ?? ''}</div>
      ${repeat(toasts, (toast) => toast.id, (toast) => html`
      <div class="toast" @pointerenter=${() => this.#hold(toast)} @pointerleave=${() => this.#run(toast)} @focusin=${() => this.#hold(toast)} @focusout=${() => this.#run(toast)}>
        <span>${toast.text}</span>
        ${toast.undoSeq ? html`<button class="button small" @click=${() => undo(toast.undoSeq, toast.id)}>${texts.toast.undo}</button>` : nothing}
        <button class="icon" aria-label=${texts.close} @click=${() => dismissToast(toast.id)}>${icons.close}</button>
      </div>`)}`;
  }

  updated() {
    const {toasts} = store.state;
    for (const toast of toasts) {
      if (!this.#timers.has(toast.id)) {
        this.#run(toast);
      }
    }
    for (const id of this.#timers.keys()) {
      if (!toasts.some((toast) => toast.id === id)) {
        clearTimeout(this.#timers.get(id));
        this.#timers.delete(id);
      }
    }
  }

  #run(toast) {
    clearTimeout(this.#timers.get(toast.id));
    this.#timers.set(toast.id, setTimeout(() => dismissToast(toast.id), toast.undoSeq ? UNDO_MILLIS : PLAIN_MILLIS));
  }

  #hold(toast) {
    clearTimeout(this.#timers.get(toast.id));
  }
}
customElements.define('toast-stack', ToastStack);
