// The page: who is logged in decides what it shows; everything else is a component of its own.
import {css, html, LitElement, nothing} from 'lit';
import './components/login-page.js';
import './components/inbox-page.js';
import './components/toast-stack.js';
import {begin} from './inbox.js';
import {store, Watch} from './store.js';
import {shared} from './styles/shared.css.js';
import {texts} from './texts.js';

class MainstemApp extends LitElement {
  watch = new Watch(this);

  static styles = [shared, css`
    .center { display: grid; place-content: center; justify-items: center; gap: 1rem; block-size: 100%; padding: 1.5rem; text-align: center; }
  `];

  connectedCallback() {
    super.connectedCallback();
    begin();
  }

  render() {
    const {session, notice, counts, announcement} = store.state;
    document.title = texts.title(session === 'in' ? counts.unread : 0);
    return html`
      ${this.#page(session, notice)}
      ${session === 'in' ? html`<toast-stack></toast-stack>` : nothing}
      <div class="sr" role="status" aria-live="polite">${announcement}</div>`;
  }

  #page(session, notice) {
    switch (session) {
      case 'in':
        return html`<inbox-page></inbox-page>`;
      case 'out':
        return html`<login-page></login-page>`;
      case 'broken':
        return html`<main class="center"><p class="alert" role="alert">${notice}</p>
          <button class="button primary" @click=${() => location.reload()}>${texts.tryAgain}</button></main>`;
      default:
        return html`<main class="center"><div class="spinner" role="status"><span class="sr">${texts.loading}</span></div></main>`;
    }
  }
}
customElements.define('mainstem-app', MainstemApp);
