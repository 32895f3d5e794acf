import {css, html, LitElement, nothing} from 'lit';
import {href} from '../router.js';
import {store, Watch} from '../store.js';
import {shared} from '../styles/shared.css.js';
import {texts} from '../texts.js';
import {icons} from './icons.js';
import './nav-pane.js';
import './new-message.js';
import './settings-page.js';
import './thread-list.js';
import './thread-view.js';

/** Folders, conversations, conversation: three panes where there is room, two on a tablet, one on a phone or at high zoom. */
class InboxPage extends LitElement {
  static properties = {navOpen: {state: true}};

  watch = new Watch(this);

  static styles = [shared, css`
    :host { display: block; block-size: 100%; }
    .panes { display: grid; grid-template: minmax(0, 1fr) / 15rem 23.5rem minmax(0, 1fr); block-size: 100%; }
    .pane { min-inline-size: 0; min-block-size: 0; }
    .list { background: var(--surface); border-inline: 1px solid var(--line); }
    .main { background: var(--surface); overflow: hidden; }
    .empty { display: grid; place-content: center; justify-items: center; gap: 0.5rem; block-size: 100%; padding: 2rem; text-align: center; color: var(--ink-soft); }
    .empty svg { inline-size: 3.5rem; block-size: 3.5rem; margin-block-end: 0.75rem; }
    .empty h2 { font-size: 1.125rem; font-weight: 620; color: var(--ink); }
    .skip { position: fixed; z-index: 60; inset-block-start: 0.5rem; inset-inline-start: 0.5rem; background: var(--raised); box-shadow: var(--shadow); }
    .skip:not(:focus) { inline-size: 1px; block-size: 1px; min-block-size: 0; padding: 0; overflow: hidden; clip-path: inset(50%); }
    @container (width < 72rem) {
      .panes { grid-template-columns: 4.5rem 20rem minmax(0, 1fr); }
    }
    @container (width < 48rem) {
      .panes { grid-template-columns: minmax(0, 1fr); }
      .list { border: 0; }
      nav-pane:not([open]) { display: none; }
      nav-pane[open] { position: fixed; z-index: 40; inset: 0; }
      .panes.reading .list, .panes:not(.reading) .main { display: none; }
    }
  `];

  render() {
    const {route} = store.state;
    const reading = Boolean(route.thread || route.page);
    return html`
      <button class="button skip" @click=${() => this.renderRoot.querySelector('thread-list').focusFirst()}>${texts.skipToList}</button>
      ${route.thread ? html`<button class="button skip" @click=${() => this.renderRoot.querySelector('thread-view').focusComposer()}>${texts.skipToThread}</button>` : nothing}
      <div class="panes ${reading ? 'reading' : ''}">
        <nav-pane class="pane" ?open=${this.navOpen} @close=${this.#closeNav}></nav-pane>
        <thread-list class="pane list" @menu=${this.#openNav}></thread-list>
        <main class="pane main" aria-label=${texts.thread.log}>${this.#main(route)}</main>
      </div>`;
  }

  #main(route) {
    if (route.page === 'new') {
      return html`<new-message></new-message>`;
    }
    if (route.page === 'settings') {
      return html`<settings-page></settings-page>`;
    }
    if (route.thread) {
      return html`<thread-view .threadId=${route.thread}></thread-view>`;
    }
    return html`<div class="empty">${icons.logo}<h2>${texts.thread.none}</h2><p>${texts.thread.noneText}</p>
      <a class="button quiet" href=${href.compose}>${texts.nav.newMessage}</a></div>`;
  }

  #openNav = async () => {
    this.navOpen = true;
    await this.updateComplete;
    this.renderRoot.querySelector('nav-pane').focusCurrent();
  };

  #closeNav = async () => {
    if (this.navOpen) {
      this.navOpen = false;
      await this.updateComplete;
      this.renderRoot.querySelector('thread-list').focusMenu();
    }
  };
}
customElements.define('inbox-page', InboxPage);
