import {css, html, LitElement, nothing} from 'lit';
import {shared} from '../styles/shared.css.js';
import {icons} from './icons.js';

/**
 * A button that opens a menu (ARIA menu button pattern): arrows, Home, End and letters move, Escape closes and gives the focus back.
 *
 * `entries` are {text, icon?, run(), danger?} or null for a line between.
 */
class ActionMenu extends LitElement {
  static properties = {label: {}, entries: {attribute: false}, open: {state: true}, up: {state: true}, focusable: {type: Boolean}, small: {type: Boolean}};

  constructor() {
    super();
    this.entries = [];
    this.focusable = true;
  }

  static styles = [shared, css`
    :host { position: relative; display: inline-block; }
    :host([small]) .icon { min-inline-size: 2rem; min-block-size: 2rem; }
    .menu {
      position: absolute;
      z-index: 30;
      inset-block-start: calc(100% + 0.25rem);
      inset-inline-end: 0;
      min-inline-size: 14rem;
      max-inline-size: min(20rem, 90cqi);
      max-block-size: min(24rem, 70vh);
      overflow-y: auto;
      padding: 0.375rem;
      border: 1px solid var(--line);
      border-radius: var(--radius);
      background: var(--raised);
      box-shadow: var(--shadow);
    }
    .menu.up { inset-block: auto calc(100% + 0.25rem); }
    :host([align="start"]) .menu { inset-inline: 0 auto; }
    button.entry {
      display: flex;
      align-items: center;
      gap: 0.75rem;
      inline-size: 100%;
      min-block-size: 2.5rem;
      padding: 0.375rem 0.75rem;
      border: 0;
      border-radius: var(--radius-small);
      background: none;
      text-align: start;
      font-size: 0.9375rem;
      line-height: 1.3;
      cursor: pointer;
    }
    .entry svg { color: var(--ink-soft); }
    .entry:hover, .entry:focus-visible { background: var(--hover); }
    .entry.danger, .entry.danger svg { color: var(--danger); }
    hr { margin: 0.375rem 0.5rem; border: 0; border-block-start: 1px solid var(--line); }
  `];

  focus() {
    this.renderRoot.querySelector('.icon')?.focus();
  }

  render() {
    return html`
      <button class="icon" type="button" title=${this.label} aria-label=${this.label} aria-haspopup="menu" aria-expanded=${this.open ? 'true' : 'false'}
        tabindex=${this.focusable ? 0 : -1} @click=${this.#toggle} @keydown=${this.#onButtonKey}>${icons.more}</button>
      ${this.open ? html`
        <div class="menu ${this.up ? 'up' : ''}" role="menu" aria-label=${this.label} @keydown=${this.#onKey} @focusout=${this.#onFocusOut}>
          ${this.entries.map((entry) => entry
            ? html`<button type="button" class="entry ${entry.danger ? 'danger' : ''}" role="menuitem" tabindex="-1" @click=${() => this.#run(entry)}>${entry.icon ?? nothing}<span dir="auto">${entry.text}</span></button>`
            : html`<hr role="separator">`)}
        </div>` : nothing}`;
  }

  async #show(last = false) {
    const {bottom} = this.getBoundingClientRect();
    this.up = innerHeight - bottom < 280 && bottom > innerHeight / 2;
    this.open = true;
    this.toggleAttribute('open', true);
    await this.updateComplete;
    const items = this.#items();
    (last ? items.at(-1) : items[0])?.focus();
  }

  #hide(focus = true) {
    this.open = false;
    this.toggleAttribute('open', false);
    if (focus) {
      this.renderRoot.querySelector('.icon').focus();
    }
  }

  #toggle = () => (this.open ? this.#hide() : this.#show());
  #items = () => [...this.renderRoot.querySelectorAll('.entry')];

  #run(entry) {
    this.#hide();
    entry.run();
  }

  #onButtonKey = (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      event.stopPropagation();
      this.#show(event.key === 'ArrowUp');
    }
  };

  #onKey = (event) => {
    const items = this.#items();
    const at = items.indexOf(this.renderRoot.activeElement);
    const to = {
      ArrowDown: () => items[(at + 1) % items.length],
      ArrowUp: () => items[(at - 1 + items.length) % items.length],
      Home: () => items[0],
      End: () => items.at(-1),
    }[event.key];
    if (to) {
      event.preventDefault();
      to()?.focus();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      this.#hide();
    } else if (event.key === 'Tab') {
      this.#hide(false);
      return;
    } else if (event.key.length === 1 && /\S/.test(event.key)) {
      const key = event.key.toLowerCase();
      [...items.slice(at + 1), ...items.slice(0, at + 1)].find((item) => item.textContent.trim().toLowerCase().startsWith(key))?.focus();
    }
    event.stopPropagation();
  };

  #onFocusOut = (event) => {
    if (this.open && !this.renderRoot.contains(event.relatedTarget)) {
      this.#hide(false);
    }
  };
}
customElements.define('action-menu', ActionMenu);
