import {css, html, LitElement, nothing} from 'lit';
import {api} from '../api.js';
import {changeSettings} from '../actions.js';
import {currentList} from '../lists.js';
import {message, toast} from '../notices.js';
import {go, href} from '../router.js';
import {store, Watch} from '../store.js';
import {shared} from '../styles/shared.css.js';
import {texts} from '../texts.js';
import {icons} from './icons.js';

const DISMISSED = 'welcome';
const ROOM_FOR_TWO = '(width >= 48rem)';

/** The first steps of a demonstration. Dismissed once, it is gone on every device: the owner's settings remember it. */
class WelcomeStrip extends LitElement {
  static properties = {offer: {state: true}, importing: {state: true}, busy: {state: true}};

  watch = new Watch(this);
  #leads = false;

  static styles = [shared, css`
    section { margin: 0.75rem 0.75rem 0.25rem; padding: 0.75rem 0.75rem 0.75rem 1rem; border-radius: 1rem; background: var(--accent-soft); color: var(--accent-ink); }
    header { display: flex; align-items: center; justify-content: space-between; gap: 0.5rem; }
    h2 { font-size: 0.9375rem; font-weight: 650; }
    .icon { min-inline-size: 2rem; min-block-size: 2rem; color: inherit; }
    .icon:hover { background: rgb(0 0 0 / 0.08); }
    ul { display: grid; gap: 0.125rem; }
    .step { display: flex; align-items: center; gap: 0.625rem; inline-size: 100%; min-block-size: 2.25rem; padding: 0.25rem 0.5rem; margin-inline-start: -0.5rem; border: 0; border-radius: var(--radius-small); background: none; color: inherit; text-align: start; font-size: 0.9375rem; font-weight: 550; line-height: 1.3; cursor: pointer; }
    .step:hover { background: rgb(0 0 0 / 0.06); }
    .command { padding: 0.25rem 0 0.25rem 1.875rem; font-size: var(--small); }
    code { display: block; margin-block-start: 0.25rem; padding: 0.5rem 0.625rem; border-radius: var(--radius-small); background: var(--surface); color: var(--ink); font-family: var(--mono); font-size: var(--tiny); overflow-wrap: anywhere; user-select: all; }
  `];

  connectedCallback() {
    super.connectedCallback();
    this.#leads = location.hash === '' && matchMedia(ROOM_FOR_TWO).matches;
    api.welcome().then((offer) => (this.offer = offer), () => (this.offer = null));
  }

  /** A newcomer sees a conversation at once; where there is only room for a list, he chooses. */
  updated() {
    const first = currentList()?.ids[0];
    if (this.#leads && first && this.offer?.importCommand) {
      this.#leads = false;
      if (!store.state.settings.page?.[DISMISSED] && !store.state.route.thread) {
        go(href.thread('inbox', first), true);
      }
    }
  }

  render() {
    if (!this.offer?.importCommand || store.state.settings.page?.[DISMISSED]) {
      return nothing;
    }
    return html`<section aria-label=${texts.welcome.label}>
      <header><h2>${texts.welcome.heading}</h2>
        <button class="icon" aria-label=${texts.welcome.dismiss} title=${texts.welcome.dismiss} @click=${this.#dismiss}>${icons.close}</button></header>
      <ul>
        ${this.offer.neighbours.slice(0, 1).map((name) => html`<li><button class="step" @click=${() => this.#open(name)}>${icons.people}<span>${texts.welcome.beside(name)}</span></button></li>`)}
        <li><button class="step" ?disabled=${this.busy} @click=${this.#mail}>${icons.mail}<span>${texts.welcome.mail}</span></button></li>
        <li><button class="step" aria-expanded=${this.importing ? 'true' : 'false'} @click=${() => (this.importing = !this.importing)}>${icons.archive}<span>${texts.welcome.import}</span></button>
          ${this.importing ? html`<div class="command">${texts.welcome.importText}<code tabindex="0">${this.offer.importCommand}</code></div>` : nothing}</li>
      </ul></section>`;
  }

  /** The other name of this machine has cookies of its own, so both stay logged in. */
  async #open(neighbour) {
    try {
      const {key} = await api.welcomeKey(neighbour);
      const url = new URL('/', location.origin);
      url.hostname = location.hostname === 'localhost' ? '127.0.0.1' : 'localhost';
      url.searchParams.set('key', key);
      open(url, '_blank', 'noopener');
    } catch (problem) {
      toast(message(problem));
    }
  }

  #mail = async () => {
    this.busy = true;
    try {
      await api.welcomeMail();
      toast(texts.toast.mailSent);
    } catch (problem) {
      toast(message(problem));
    } finally {
      this.busy = false;
    }
  };

  #dismiss = () => changeSettings({page: {[DISMISSED]: 'dismissed'}});
}
customElements.define('welcome-strip', WelcomeStrip);
