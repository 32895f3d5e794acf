import {css, html, LitElement, nothing} from 'lit';
import {live} from 'lit/directives/live.js';
import {api} from '../api.js';
import {changeSettings} from '../actions.js';
import {message, toast} from '../notices.js';
import {showAll} from '../together.js';
import {href} from '../router.js';
import {store, Watch} from '../store.js';
import {shared} from '../styles/shared.css.js';
import {texts} from '../texts.js';
import {shortTime} from '../time.js';
import {icons} from './icons.js';

class SettingsPage extends LitElement {
  static properties = {theme: {state: true}, sessions: {state: true}};

  watch = new Watch(this);

  static styles = [shared, css`
    :host { display: block; block-size: 100%; overflow-y: auto; }
    header { display: flex; align-items: center; gap: 0.5rem; min-block-size: 3.75rem; padding: 0.625rem 1.25rem; border-block-end: 1px solid var(--line); }
    h1 { font-size: 1.125rem; font-weight: 650; letter-spacing: -0.01em; }
    .back { display: none; text-decoration: none; }
    .page { display: grid; gap: 1.75rem; max-inline-size: 42rem; padding: 1.5rem 1.25rem 3rem; }
    section { display: grid; gap: 0.75rem; }
    h2 { font-size: 0.9375rem; font-weight: 650; }
    .choices { display: flex; flex-wrap: wrap; gap: 0.5rem; }
    .choice, .check { display: flex; align-items: flex-start; gap: 0.625rem; padding: 0.625rem 0.875rem; border: 1px solid var(--line); border-radius: var(--radius); cursor: pointer; }
    .choice:has(:checked) { border-color: var(--accent); background: var(--accent-soft); }
    input { flex: none; inline-size: 1.125rem; block-size: 1.125rem; margin: 0.1875rem 0 0; accent-color: var(--accent); }
    li { display: flex; align-items: center; gap: 0.75rem; padding: 0.625rem 0; border-block-end: 1px solid var(--line); }
    li div { flex: 1; min-inline-size: 0; }
    li b { display: block; font-weight: 550; overflow-wrap: anywhere; }
    li span { font-size: var(--small); color: var(--ink-soft); }
    @container (width < 48rem) { .back { display: inline-flex; } header { padding-inline: 0.5rem; } }
  `];

  connectedCallback() {
    super.connectedCallback();
    this.theme = document.documentElement.dataset.theme ?? 'system';
    this.#loadSessions();
  }

  async #loadSessions() {
    const answer = await api.sessions().catch(() => null);
    this.sessions = answer?.sessions ?? [];
  }

  render() {
    const {settings} = store.state;
    return html`
      <header><a class="icon back" href=${href.folder(store.state.route.folder ?? 'inbox')} aria-label=${texts.back}>${icons.back}</a><h1>${texts.settings.heading}</h1></header>
      <div class="page">
        <section aria-labelledby="appearance"><h2 id="appearance">${texts.settings.appearance}</h2>
          <div class="choices" role="radiogroup" aria-labelledby="appearance">${['system', 'light', 'dark'].map((theme) => this.#choice('theme', theme, texts.settings.theme[theme], this.theme === theme, () => this.#setTheme(theme)))}</div></section>
        <section aria-labelledby="channels"><h2 id="channels">${texts.settings.channels}</h2>
          <div class="choices" role="radiogroup" aria-labelledby="channels">
            ${this.#choice('channels', 'together', texts.settings.together, settings.channels !== 'apart', () => showAll('together'))}
            ${this.#choice('channels', 'apart', texts.settings.apart, settings.channels === 'apart', () => showAll('chat'))}</div></section>
        <section aria-labelledby="privacy"><h2 id="privacy">${texts.settings.privacy}</h2>
          ${this.#check(texts.settings.receipts, settings.receipts !== false, (on) => changeSettings({receipts: on}))}
          ${this.#check(texts.settings.screenMail, settings.screenMail === true, (on) => changeSettings({screenMail: on}))}
          ${this.#check(texts.settings.whoMayChat, settings.whoMayChat === 'contacts', (on) => changeSettings({whoMayChat: on ? 'contacts' : 'everyone'}))}</section>
        <section aria-labelledby="sessions"><h2 id="sessions">${texts.settings.sessions}</h2>
          <ul>${(this.sessions ?? []).map((session) => html`<li><div><b dir="auto">${device(session.device)}</b><span>${session.current ? texts.settings.thisSession : texts.settings.since(shortTime(session.seenAt ?? session.createdAt))}</span></div>
            ${session.current ? nothing : html`<button class="button small" aria-label=${texts.settings.endLabel(device(session.device))} @click=${() => this.#end(session)}>${texts.settings.end}</button>`}</li>`)}</ul></section>
      </div>`;
  }

  #choice = (name, value, words, on, run) => html`<label class="choice"><input type="radio" name=${name} value=${value} .checked=${live(on)} @change=${run}><span>${words}</span></label>`;

  #check = (words, on, run) => html`<label class="check"><input type="checkbox" .checked=${live(on)} @change=${(event) => run(event.target.checked)}><span>${words}</span></label>`;

  #setTheme(theme) {
    this.theme = theme;
    if (theme === 'system') {
      delete document.documentElement.dataset.theme;
      localStorage.removeItem('mainstem.theme');
    } else {
      document.documentElement.dataset.theme = theme;
      localStorage.setItem('mainstem.theme', theme);
    }
  }

  async #end(session) {
    try {
      await api.endSession(session.id);
      await this.#loadSessions();
    } catch (problem) {
      toast(message(problem));
    }
  }
}

/** The two words of a User-Agent that a person knows: the browser and the system. */
function device(agent = '') {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(agent)?.[1]?.replace('Edg', 'Edge').replace('OPR', 'Opera');
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent)?.[1]?.replace('Mac OS X', 'macOS');
  return [browser, system].filter(Boolean).join(', ') || agent || '–';
}
customElements.define('settings-page', SettingsPage);
