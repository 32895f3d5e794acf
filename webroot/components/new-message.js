import {css, html, LitElement, nothing} from 'lit';
import {personName} from '../people.js';
import {go, href} from '../router.js';
import {store, Watch} from '../store.js';
import {shared} from '../styles/shared.css.js';
import {texts} from '../texts.js';
import './composer-box.js';
import {icons} from './icons.js';

const MOST_SUGGESTED = 100;

/** A message to whomever its writer names. It joins the conversation with these people, if there is one. */
class NewMessage extends LitElement {
  watch = new Watch(this);

  static styles = [shared, css`
    :host { display: block; block-size: 100%; overflow-y: auto; }
    header { display: flex; align-items: center; gap: 0.5rem; min-block-size: 3.75rem; padding: 0.625rem 1.25rem; border-block-end: 1px solid var(--line); }
    h1 { font-size: 1.125rem; font-weight: 650; letter-spacing: -0.01em; }
    .back { display: none; text-decoration: none; }
    .page { display: grid; gap: 1rem; max-inline-size: 46rem; padding: 1.25rem; }
    .hint { font-size: var(--small); color: var(--ink-soft); }
    @container (width < 48rem) { .back { display: inline-flex; } header { padding-inline: 0.5rem; } .page { padding: 1rem 0.75rem; } }
  `];

  /** A draft that the reader goes on with. */
  #draft = store.state.openDraft ?? null;

  firstUpdated() {
    const to = this.renderRoot.querySelector('#to');
    if (this.#draft) {
      to.value = (this.#draft.to ?? []).map((person) => person.address).join(', ');
      store.set({openDraft: null});
    }
    to.focus();
  }

  render() {
    return html`
      <header><a class="icon back" href=${href.folder(store.state.route.folder ?? 'inbox')} aria-label=${texts.back}>${icons.back}</a><h1>${texts.composer.newHeading}</h1></header>
      <div class="page">
        <div class="field">
          <label for="to">${texts.composer.to}</label>
          <input class="input" id="to" list="people" autocomplete="off" autocapitalize="none" spellcheck="false" dir="auto" aria-describedby="to-hint" @keydown=${this.#onKey}>
          <datalist id="people">${this.#known().map(([address, name]) => html`<option value=${address}>${name}</option>`)}</datalist>
          <p class="hint" id="to-hint">${texts.composer.toHint}</p>
        </div>
        <composer-box fresh .draft=${this.#draft} .recipients=${this.#recipients} @sent=${this.#onSent}></composer-box>
      </div>`;
  }

  #known() {
    const people = new Map();
    for (const thread of Object.values(store.state.threads)) {
      for (const person of thread.participants ?? []) {
        if (!person.self && person.address) {
          people.set(person.address, personName(person));
        }
      }
    }
    return [...people].slice(0, MOST_SUGGESTED);
  }

  #recipients = () => (this.renderRoot.querySelector('#to')?.value ?? '').split(/[,;]/).map((part) => /<([^>]+)>/.exec(part)?.[1] ?? part).map((part) => part.trim()).filter(Boolean);

  #onKey = (event) => {
    if (event.key === 'Enter' && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      this.renderRoot.querySelector('composer-box').focus();
    }
  };

  #onSent = (event) => go(href.thread('inbox', event.detail.threadId), true);
}
customElements.define('new-message', NewMessage);
