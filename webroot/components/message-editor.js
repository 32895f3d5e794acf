import {css, html, LitElement, nothing} from 'lit';
import {editMessage} from '../actions.js';
import {shared} from '../styles/shared.css.js';
import {texts} from '../texts.js';

/**
 * The text of a message of one's own, to be changed where it stands. Enter saves, Shift+Enter starts a new line, Escape leaves it as it was.
 *
 * @fires done when it is saved or given up
 */
class MessageEditor extends LitElement {
  static properties = {message: {attribute: false}, saving: {state: true}};

  static styles = [shared, css`
    :host { display: grid; gap: 0.5rem; inline-size: min(30rem, 100cqi); max-inline-size: 100%; }
    textarea { field-sizing: content; min-block-size: 2.75rem; max-block-size: 50vh; resize: none; line-height: 1.45; unicode-bidi: plaintext; color: var(--ink); }
    .choices { display: flex; flex-wrap: wrap; align-items: center; justify-content: flex-end; gap: 0.5rem; }
    .hint { flex: 1; font-size: var(--tiny); color: var(--ink-soft); }
  `];

  render() {
    return html`
      <textarea class="input" rows="1" dir="auto" aria-label=${texts.message.editLabel} aria-describedby="hint" ?readonly=${this.saving} @keydown=${this.#onKey}></textarea>
      <div class="choices">
        <p class="hint" id="hint">${texts.message.editHint}</p>
        <button class="button small quiet" type="button" @click=${this.#leave}>${texts.cancel}</button>
        <button class="button small primary" type="button" ?disabled=${this.saving} @click=${this.#save}>${texts.message.save}</button>
      </div>
      ${this.saving ? html`<span class="sr" role="status">${texts.message.saving}</span>` : nothing}`;
  }

  #seen = null;

  get #box() {
    return this.renderRoot.querySelector('textarea');
  }

  /** What is written is an edit of what was seen when it was begun, whatever comes in meanwhile. */
  firstUpdated() {
    this.#seen = this.message;
    this.#box.value = this.#seen.text;
    this.#box.focus();
    this.#box.setSelectionRange(this.#box.value.length, this.#box.value.length);
  }

  /** The keys of the log are not meant for a text. */
  #onKey = (event) => {
    event.stopPropagation();
    if (event.isComposing || event.keyCode === 229) {
      return;
    }
    if (event.key === 'Escape') {
      event.preventDefault();
      this.#leave();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      this.#save();
    }
  };

  #leave = () => this.dispatchEvent(new CustomEvent('done'));

  #save = async () => {
    const text = this.#box.value;
    if (this.saving) {
      return;
    }
    if (text === this.#seen.text) {
      this.#leave();
      return;
    }
    this.saving = true;
    const saved = await editMessage(this.#seen, text);
    this.saving = false;
    if (saved) {
      this.#leave();
    } else {
      this.#box.focus();
    }
  };
}
customElements.define('message-editor', MessageEditor);
