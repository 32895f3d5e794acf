import {css, html, LitElement, nothing} from 'lit';
import {api} from '../api.js';
import {frameHeight, hasColours, remoteImages} from '../html-mail.js';
import {shared} from '../styles/shared.css.js';
import {texts} from '../texts.js';
import {icons} from './icons.js';

const COLLAPSED_REM = 32;

/** Messages whose remote images the reader has allowed, for as long as the page lives. */
const allowed = new Set();

/**
 * An HTML mail in a frame that has no scripts and no origin. The document comes from the server, sanitised, under a policy of
 * its own; this page never parses it into itself. Its height cannot be asked of such a frame, so it is measured from its text.
 */
class MailFrame extends LitElement {
  static properties = {message: {attribute: false}, name: {}, images: {state: true}, body: {state: true}, tall: {state: true}, width: {state: true}, dark: {state: true}};

  #resize = new ResizeObserver(([entry]) => (this.width = Math.round(entry.contentRect.width)));
  #scheme = matchMedia('(prefers-color-scheme: dark)');
  #theme = new MutationObserver(() => this.#onScheme());

  static styles = [shared, css`
    :host { display: block; min-inline-size: 0; }
    iframe { display: block; inline-size: 100%; border: 0; background: transparent; color-scheme: light dark; }
    .blocked { display: flex; flex-wrap: wrap; align-items: center; gap: 0.375rem 0.75rem; margin-block-end: 0.75rem; padding: 0.5rem 0.75rem; border-radius: var(--radius-small); background: var(--sunken); color: var(--ink-soft); font-size: var(--small); }
    .blocked span { flex: 1 1 14rem; }
    .paper { border-radius: var(--radius-small); background: #fff; }
    .more { margin-block-start: 0.375rem; }
    iframe:focus-visible { outline: 0.15625rem solid var(--accent); }
  `];

  connectedCallback() {
    super.connectedCallback();
    this.#resize.observe(this);
    this.#scheme.addEventListener('change', this.#onScheme);
    this.#theme.observe(document.documentElement, {attributeFilter: ['data-theme']});
    this.#onScheme();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#resize.disconnect();
    this.#theme.disconnect();
    this.#scheme.removeEventListener('change', this.#onScheme);
  }

  #onScheme = () => {
    const {theme} = document.documentElement.dataset;
    this.dark = theme ? theme === 'dark' : this.#scheme.matches;
  };

  willUpdate(changed) {
    if (changed.has('message') && this.message.id !== changed.get('message')?.id) {
      this.images = allowed.has(this.message.id);
      this.tall = false;
      this.body = this.message.html ?? null;
      if (!this.body) {
        this.#fetch(this.message.id);
      }
    } else if (changed.has('message') && this.message.html) {
      this.body = this.message.html;
    }
  }

  async #fetch(id) {
    const answer = await api.message(id).catch(() => null);
    if (answer && this.message.id === id) {
      this.body = answer.message.html ?? null;
    }
  }

  render() {
    const blocked = this.body && !this.images ? remoteImages(this.body) : 0;
    return html`
      ${blocked > 0 ? html`<div class="blocked">${icons.image}<span>${texts.mail.blocked(blocked)}</span>
        <button class="button small" @click=${this.#allow}>${texts.mail.showImages}</button></div>` : nothing}
      <iframe class=${hasColours(this.body ?? '') ? 'paper' : ''} sandbox="allow-popups allow-popups-to-escape-sandbox" referrerpolicy="no-referrer" title=${texts.mail.frame(this.name)}
        src=${api.htmlUrl(this.message.id, this.images, this.dark && !hasColours(this.body ?? '') ? 'dark' : 'light')}></iframe>
      ${this.#measured() > COLLAPSED_REM * 16 ? html`<button class="button small quiet more" aria-expanded=${this.tall ? 'true' : 'false'} @click=${() => (this.tall = !this.tall)}>${this.tall ? texts.mail.collapse : texts.mail.expand}</button>` : nothing}`;
  }

  updated() {
    const frame = this.renderRoot.querySelector('iframe');
    const height = this.tall ? this.#measured() : Math.min(this.#measured(), COLLAPSED_REM * 16);
    frame.style.blockSize = `${height}px`;
  }

  #measured() {
    return this.body && this.width ? frameHeight(this.body, this.width, this.images) : 128;
  }

  #allow = () => {
    allowed.add(this.message.id);
    this.images = true;
  };
}
customElements.define('mail-frame', MailFrame);
