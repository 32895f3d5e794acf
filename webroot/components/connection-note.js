import {css, html, LitElement, nothing} from 'lit';
import {retryConnection} from '../inbox.js';
import {store, Watch} from '../store.js';
import {shared} from '../styles/shared.css.js';
import {texts} from '../texts.js';

/** Says whether the page hears from the server, and whether that is the newest; with `banner`, only when not. */
class ConnectionNote extends LitElement {
  static properties = {banner: {type: Boolean, reflect: true}};

  watch = new Watch(this);
  #clock = 0;

  static styles = [shared, css`
    :host { display: block; font-size: var(--small); color: var(--ink-soft); }
    p { display: flex; align-items: center; flex-wrap: wrap; gap: 0.375rem 0.5rem; padding: 0 0.5rem; line-height: 1.4; }
    .dot { flex: none; inline-size: 0.5rem; block-size: 0.5rem; border-radius: 50%; background: light-dark(#1c8a4b, #5fd08f); }
    .waiting .dot { background: light-dark(#b3261e, #ff9d92); }
    .connecting .dot, .stale .dot { background: light-dark(#b07800, #efc75e); }
    .button { min-block-size: 1.5rem; padding: 0.0625rem 0.5rem; font-size: var(--small); }
    :host([banner]) p { padding: 0.5rem 0.875rem; background: var(--warn-soft); color: var(--warn-ink); }
    :host([banner]) .button { color: inherit; text-decoration: underline; }
    @container (48rem <= width < 72rem) {
      :host(:not([banner])) p { justify-content: center; padding: 0; }
      :host(:not([banner])) .words { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
    }
  `];

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#clock);
  }

  render() {
    const {connection} = store.state;
    const stale = store.state.stale && connection.name === 'online';
    clearTimeout(this.#clock);
    const waiting = connection.name === 'waiting';
    if (waiting) {
      this.#clock = setTimeout(() => this.requestUpdate(), 1000);
    }
    if (this.banner) {
      const lost = waiting || (connection.name === 'connecting' && store.state.wasOffline);
      if (stale) {
        return html`<p class="online stale"><span class="dot"></span><span>${texts.connection.stale}</span></p>`;
      }
      return lost ? html`<p class=${connection.name}><span class="dot"></span><span>${texts.connection.offlineLong}</span>
        <button class="button quiet" @click=${retryConnection}>${texts.connection.retry}</button></p>` : nothing;
    }
    const seconds = Math.max(0, Math.ceil(((connection.retryAt ?? 0) - Date.now()) / 1000));
    const words = waiting ? texts.connection.waiting(seconds) : texts.connection[stale ? 'stale' : connection.name];
    return html`<p class=${stale ? 'online stale' : connection.name}><span class="dot"></span><span class="words">${words}</span></p>`;
  }
}
customElements.define('connection-note', ConnectionNote);
