import {css, html, LitElement, nothing} from 'lit';
import {ifDefined} from 'lit/directives/if-defined.js';
import {logout} from '../inbox.js';
import {personName} from '../people.js';
import {href} from '../router.js';
import {store, Watch} from '../store.js';
import {shared} from '../styles/shared.css.js';
import {texts} from '../texts.js';
import './avatar.js';
import './connection-note.js';
import {icons} from './icons.js';

const SYSTEM = ['inbox', 'requests', 'chats', 'sent', 'drafts', 'archive', 'junk', 'trash'];

export const folderName = (id, folders) => texts.folder[id] ?? folders.find((folder) => folder.id === id)?.name ?? id;

/** @fires close when, on a small screen, a choice was made or Escape pressed */
class NavPane extends LitElement {
  static properties = {open: {type: Boolean, reflect: true}};

  watch = new Watch(this);

  static styles = [shared, css`
    :host { display: flex; flex-direction: column; gap: 0.25rem; padding: 0.875rem 0.75rem; background: var(--page); overflow-y: auto; overflow-x: hidden; }
    .brand { display: flex; align-items: center; gap: 0.625rem; padding: 0.25rem 0.5rem 1rem; }
    .brand svg { inline-size: 2rem; block-size: 2rem; }
    .brand span { flex: 1; font-size: 1.1875rem; font-weight: 680; letter-spacing: -0.02em; }
    .brand .icon { display: none; }
    .button.primary { margin-block-end: 0.875rem; min-block-size: 2.75rem; }
    li a {
      display: flex;
      align-items: center;
      gap: 0.75rem;
      min-block-size: 2.5rem;
      padding: 0.25rem 0.75rem;
      border-radius: var(--radius);
      color: var(--ink-soft);
      font-weight: 520;
      font-size: 0.9375rem;
      text-decoration: none;
    }
    li a:hover { background: var(--hover); color: var(--ink); }
    li a[aria-current] { background: var(--accent-soft); color: var(--accent-ink); font-weight: 620; }
    li .name { flex: 1; min-inline-size: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .count { font-size: var(--small); font-weight: 650; color: var(--accent-ink); font-variant-numeric: tabular-nums; }
    h2 { padding: 1rem 0.75rem 0.375rem; font-size: var(--tiny); font-weight: 600; color: var(--ink-soft); }
    .foot { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.5rem; margin-block-start: auto; padding-block-start: 1rem; }
    .me { display: flex; align-items: center; gap: 0.625rem; padding: 0.25rem 0.25rem 0.25rem 0.5rem; --avatar: 2.25rem; }
    .me .who { flex: 1; min-inline-size: 0; }
    .who b, .who span { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; line-height: 1.35; }
    .who b { font-size: 0.9375rem; font-weight: 600; }
    .who span { font-size: var(--tiny); color: var(--ink-soft); }
    .line { display: flex; align-items: center; }
    .line connection-note { flex: 1; min-inline-size: 0; }
    .line .icon { min-inline-size: 2.25rem; min-block-size: 2.25rem; }
    @container (48rem <= width < 72rem) {
      :host { padding-inline: 0.5rem; align-items: stretch; }
      .brand span, .button span, .name, .who, h2 { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
      .brand { justify-content: center; padding-inline: 0; }
      .button.primary { padding: 0.375rem; }
      li a { position: relative; justify-content: center; padding: 0.25rem; min-block-size: 2.75rem; }
      .count { position: absolute; inset-block-start: 0.125rem; inset-inline-end: 0.375rem; min-inline-size: 1.125rem; padding-inline: 0.25rem; border-radius: 62rem; background: var(--accent); color: var(--on-accent); font-size: 0.6875rem; line-height: 1.125rem; text-align: center; }
      .me { justify-content: center; padding: 0; }
      .line { flex-direction: column; gap: 0.25rem; }
    }
    @container (width < 48rem) {
      .brand .icon { display: inline-flex; }
    }
  `];

  focusCurrent() {
    this.renderRoot.querySelector('[aria-current]')?.focus();
  }

  render() {
    const {route, counts, folders, user} = store.state;
    const own = folders.filter((folder) => !SYSTEM.includes(folder.id));
    return html`
      <div class="brand">${icons.logo}<span>${texts.product}</span>
        <button class="icon" aria-label=${texts.close} @click=${this.#close}>${icons.close}</button></div>
      <a class="button primary" href=${href.compose} title=${texts.nav.newMessage} @click=${this.#close}>${icons.compose}<span>${texts.nav.newMessage}</span></a>
      <nav aria-label=${texts.nav.label} @keydown=${this.#onKey}>
        <ul>${SYSTEM.map((id) => this.#entry(id, texts.folder[id], icons[id], route, counts))}</ul>
        ${own.length ? html`<h2>${texts.nav.ownFolders}</h2><ul>${own.map((folder) => this.#entry(folder.id, folder.name, icons.folder, route, counts))}</ul>` : nothing}
      </nav>
      <div class="foot">
        <div class="me">
          <person-avatar .name=${personName(user)} .key=${user?.address}></person-avatar>
          <div class="who"><b dir="auto">${personName(user)}</b><span>${user?.address}</span></div>
        </div>
        <div class="line">
          <connection-note></connection-note>
          <a class="icon" href=${href.settings} title=${texts.nav.settings} aria-label=${texts.nav.settings} @click=${this.#close}>${icons.settings}</a>
          <button class="icon" title=${texts.nav.logout} aria-label=${texts.nav.logout} @click=${logout}>${icons.logout}</button>
        </div>
      </div>`;
  }

  #entry(id, name, icon, route, counts) {
    const number = id === 'inbox' ? counts.unread : id === 'requests' ? counts.requests : 0;
    const words = id === 'inbox' ? texts.nav.unread(number) : texts.nav.requests(number);
    return html`<li><a href=${href.folder(id)} title=${name} aria-current=${ifDefined(!route.page && route.folder === id ? 'page' : undefined)} @click=${this.#close}>
      ${icon}<span class="name" dir="auto">${name}</span>
      ${number ? html`<span class="count" aria-hidden="true">${number}</span><span class="sr">${words}</span>` : nothing}</a></li>`;
  }

  #close = () => this.dispatchEvent(new CustomEvent('close'));

  #onKey = (event) => {
    if (event.key === 'Escape') {
      this.#close();
    }
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
    if (step) {
      const links = [...this.renderRoot.querySelectorAll('li a')];
      event.preventDefault();
      links[links.indexOf(this.renderRoot.activeElement) + step]?.focus();
    }
  };
}
customElements.define('nav-pane', NavPane);
