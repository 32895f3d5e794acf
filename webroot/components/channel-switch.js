import {css, html, LitElement} from 'lit';
import {live} from 'lit/directives/live.js';
import {shared} from '../styles/shared.css.js';
import {texts} from '../texts.js';

/**
 * Together · Mail · Chat. A group of radio buttons, so that arrows move in it and one press of Tab leaves it.
 *
 * @fires choose with the view in `detail`
 */
class ChannelSwitch extends LitElement {
  static properties = {value: {}, label: {}, views: {attribute: false}};

  constructor() {
    super();
    this.views = ['together', 'mail', 'chat'];
  }

  static styles = [shared, css`
    :host { display: block; min-inline-size: 0; }
    fieldset { display: flex; padding: 0.1875rem; gap: 0.125rem; border-radius: 62rem; background: var(--sunken); }
    label {
      position: relative;
      flex: 1 1 auto;
      padding: 0.25rem 0.75rem;
      min-block-size: 1.75rem;
      border-radius: 62rem;
      font-size: var(--small);
      font-weight: 550;
      line-height: 1.25rem;
      text-align: center;
      color: var(--ink-soft);
      cursor: pointer;
    }
    label:hover { color: var(--ink); }
    label:has(:checked) { background: var(--selected); color: var(--accent-ink); box-shadow: var(--shadow-small); }
    label:has(:focus-visible) { outline: 0.15625rem solid var(--accent); outline-offset: 0.0625rem; }
    input { position: absolute; inset: 0; margin: 0; opacity: 0; pointer-events: none; }
    @media (forced-colors: active) { label:has(:checked) { outline: 2px solid Highlight; } }
  `];

  render() {
    return html`
      <fieldset>
        <legend class="sr">${this.label}</legend>
        ${this.views.map((view) => html`
          <label>
            <input type="radio" name="view" value=${view} .checked=${live(this.value === view)} @change=${() => this.#choose(view)}>
            <span>${texts.switch[view]}</span>
          </label>`)}
      </fieldset>`;
  }

  #choose(view) {
    this.dispatchEvent(new CustomEvent('choose', {detail: view}));
  }
}
customElements.define('channel-switch', ChannelSwitch);
