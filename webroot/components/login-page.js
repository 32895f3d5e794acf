import {css, html, LitElement, nothing} from 'lit';
import {login} from '../inbox.js';
import {message} from '../notices.js';
import {store, Watch} from '../store.js';
import {shared} from '../styles/shared.css.js';
import {texts} from '../texts.js';
import {icons} from './icons.js';

class LoginPage extends LitElement {
  static properties = {busy: {state: true}, problem: {state: true}, visible: {state: true}};

  watch = new Watch(this);

  static styles = [shared, css`
    :host { display: block; block-size: 100%; overflow: auto; }
    main { display: grid; align-content: center; justify-content: center; min-block-size: 100%; padding: 1.5rem 1rem; grid-template-columns: minmax(0, 27rem); }
    .brand { display: flex; align-items: center; gap: 0.75rem; margin-block-end: 0.75rem; }
    .brand svg { inline-size: 2.75rem; block-size: 2.75rem; }
    .brand span { font-size: 1.75rem; font-weight: 680; letter-spacing: -0.025em; }
    .tagline { margin-block-end: 1.75rem; color: var(--ink-soft); }
    form {
      display: grid;
      gap: 1.125rem;
      padding: clamp(1.25rem, 5cqi, 2rem);
      border: 1px solid var(--line);
      border-radius: 1.25rem;
      background: var(--surface);
      box-shadow: var(--shadow);
    }
    h1 { font-size: 1.25rem; font-weight: 650; letter-spacing: -0.01em; }
    .password { position: relative; }
    .password .input { padding-inline-end: 3rem; }
    .password .icon { position: absolute; inset-block-start: 0.125rem; inset-inline-end: 0.25rem; }
    .button { min-block-size: 2.75rem; }
    .notice { padding: 0.625rem 0.875rem; border-radius: var(--radius); background: var(--accent-soft); color: var(--accent-ink); font-size: 0.9375rem; }
  `];

  firstUpdated() {
    this.renderRoot.querySelector('input').focus();
  }

  render() {
    const {notice} = store.state;
    return html`
      <main>
        <div class="brand">${icons.logo}<span>${texts.product}</span></div>
        <p class="tagline">${texts.tagline}</p>
        <form @submit=${this.#submit}>
          <h1>${texts.login.heading}</h1>
          ${notice && !this.problem ? html`<p class="notice" role="status">${notice}</p>` : nothing}
          <div role="alert">${this.problem ? html`<p class="alert" id="problem">${this.problem}</p>` : nothing}</div>
          <div class="field">
            <label for="user">${texts.login.user}</label>
            <input class="input" id="user" name="user" autocomplete="username" autocapitalize="none" spellcheck="false" dir="auto" required aria-describedby=${this.problem ? 'problem' : nothing}>
          </div>
          <div class="field">
            <label for="password">${texts.login.password}</label>
            <div class="password">
              <input class="input" id="password" name="password" type=${this.visible ? 'text' : 'password'} autocomplete="current-password" required aria-describedby=${this.problem ? 'problem' : nothing}>
              <button class="icon" type="button" aria-pressed=${this.visible ? 'true' : 'false'} aria-label=${texts.login.showPassword} title=${texts.login.showPassword} @click=${() => (this.visible = !this.visible)}>${icons.eye}</button>
            </div>
          </div>
          <button class="button primary" ?disabled=${this.busy}>${this.busy ? texts.login.busy : texts.login.submit}</button>
        </form>
      </main>`;
  }

  #submit = async (event) => {
    event.preventDefault();
    if (this.busy) {
      return;
    }
    const user = this.renderRoot.querySelector('#user').value.trim();
    const field = this.renderRoot.querySelector('#password');
    if (!user || !field.value) {
      return;
    }
    this.busy = true;
    this.problem = null;
    try {
      await login(user, field.value);
    } catch (problem) {
      this.problem = problem.status === 401 ? texts.login.wrong
        : problem.status === 429 ? texts.login.tooMany(problem.retryAfterSeconds || 30)
        : message(problem);
      this.busy = false;
      await this.updateComplete;
      field.focus();
      field.select();
    }
  };
}
customElements.define('login-page', LoginPage);
