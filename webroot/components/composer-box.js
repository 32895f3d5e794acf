import {html, LitElement, nothing} from 'lit';
import {live} from 'lit/directives/live.js';
import {api} from '../api.js';
import {bareSubject} from '../conversation.js';
import {typing} from '../inbox.js';
import {toast} from '../notices.js';
import {send} from '../outbox.js';
import {canChat, threadTitle} from '../people.js';
import {composerStyles} from '../styles/composer-box.css.js';
import {shared} from '../styles/shared.css.js';
import {store, Watch} from '../store.js';
import {texts} from '../texts.js';
import {ulid} from '../ulid.js';
import {icons} from './icons.js';

const SAVE_MILLIS = 1_200;
const TYPING_EVERY_MILLIS = 3_000;

/**
 * Where a message is written: for an open conversation, or for a new one (`fresh`, then `recipients()` names its people).
 *
 * Enter sends a chat, but not while an input method composes; a mail is sent by Ctrl+Enter or the button.
 *
 * @fires sent when a message was handed to the outbox, for a new conversation with {threadId} in `detail`
 */
class ComposerBox extends LitElement {
  static properties = {
    thread: {attribute: false}, last: {attribute: false}, fresh: {type: Boolean}, recipients: {attribute: false}, draft: {attribute: false},
    channel: {state: true}, subject: {state: true}, text: {state: true}, files: {state: true}, saved: {state: true}, busy: {state: true}, problem: {state: true}, over: {state: true},
  };

  static shadowRootOptions = {...LitElement.shadowRootOptions, delegatesFocus: false};
  static styles = [shared, composerStyles];

  watch = new Watch(this);
  #draftId = null;
  #saveTimer = 0;
  #typedAt = 0;
  #started = false;

  constructor() {
    super();
    this.text = '';
    this.subject = '';
    this.files = [];
  }

  focus() {
    this.renderRoot.querySelector('textarea')?.focus();
  }

  /** Answers one mail of the conversation: by mail, under its subject. */
  answerMail(mail) {
    this.channel = 'mail';
    this.subject = mail.subject ? `Re: ${bareSubject(mail.subject)}` : '';
    this.updateComplete.then(() => this.focus());
  }

  willUpdate() {
    if (!this.#started && (this.fresh || this.last !== undefined || this.thread)) {
      this.#started = true;
      this.#restore();
    }
    if (this.channel === undefined && (this.fresh || this.last)) {
      this.channel = this.#usualChannel();
      if (this.channel === 'mail' && !this.subject) {
        this.subject = this.#usualSubject();
      }
    }
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    if (this.#saveTimer) {
      clearTimeout(this.#saveTimer);
      this.#save();
    }
  }

  #restore() {
    const draft = this.draft ?? (this.thread && store.state.drafts.find((known) => known.threadId === this.thread.id));
    if (draft) {
      this.#draftId = draft.id;
      this.text = draft.text ?? '';
      this.subject = draft.subject ?? '';
      this.channel = draft.channel;
      this.files = draft.attachments ?? [];
    }
  }

  #chatPossible = () => this.fresh || !this.thread || canChat(this.thread);
  #usualChannel = () => (!this.#chatPossible() ? 'mail' : this.last?.channel === 'mail' && this.thread?.kind !== 'people' ? 'mail' : this.fresh || this.last?.channel !== 'mail' ? 'chat' : 'mail');

  #usualSubject() {
    const subject = this.last?.subject;
    return subject ? `Re: ${bareSubject(subject)}` : '';
  }

  render() {
    const mail = this.channel === 'mail';
    const name = this.thread ? threadTitle(this.thread) : '';
    const hint = mail ? texts.composer.hintMail : texts.composer.hintChat;
    const label = this.fresh ? texts.composer.text : mail ? texts.composer.mailTo(name) : texts.composer.chatTo(name);
    return html`
      <form class="${mail ? 'mail' : 'chat'} ${this.over ? 'over' : ''}" aria-label=${texts.composer.label} @submit=${this.#onSubmit} @dragover=${this.#onDragOver} @dragleave=${() => (this.over = false)} @drop=${this.#onDrop}>
        <div role="alert">${this.problem ? html`<p class="alert">${this.problem}</p>` : nothing}</div>
        ${mail ? html`<input class="subject" aria-label=${texts.composer.subject} placeholder=${texts.composer.subject} maxlength="998" dir="auto" .value=${live(this.subject)} @input=${this.#onSubject} @keydown=${this.#onKey}>` : nothing}
        <textarea rows="1" aria-label=${label} placeholder=${label} dir="auto" aria-describedby="hint" enterkeyhint=${mail ? 'enter' : 'send'} .value=${live(this.text)} @input=${this.#onInput} @keydown=${this.#onKey} @paste=${this.#onPaste}></textarea>
        ${this.files.length ? html`<ul class="files" aria-label=${texts.attachment.label}>${this.files.map((file) => html`
          <li class=${file.failed ? 'failed' : ''}>${file.id || file.failed ? icons.file : html`<span class="spinner"></span>`}<span dir="auto">${file.id ? file.name : file.failed ? texts.attachment.failed(file.name) : texts.attachment.uploading(file.name)}</span>
          <button type="button" class="icon" aria-label=${texts.attachment.remove(file.name)} @click=${() => this.#remove(file)}>${icons.close}</button></li>`)}</ul>` : nothing}
        <div class="bar">
          <button type="button" class="icon" title=${texts.composer.attach} aria-label=${texts.composer.attach} @click=${() => this.renderRoot.querySelector('[type=file]').click()}>${icons.attach}</button>
          <input type="file" multiple hidden @change=${this.#onFiles}>
          ${this.#chatPossible() ? html`<fieldset class="channels"><legend class="sr">${texts.composer.channel}</legend>
            ${['chat', 'mail'].map((channel) => html`<label title=${texts.channel[channel]}><input type="radio" name="channel" value=${channel} .checked=${live(this.channel === channel)} @change=${() => this.#choose(channel)}>${icons[channel === 'chat' ? 'chats' : 'mail']}<span>${texts.channel[channel]}</span></label>`)}
          </fieldset>` : nothing}
          <span class="hint" id="hint">${this.saved ? texts.composer.draftSaved : hint}</span>
          <button class="send" title=${mail ? texts.composer.sendMail : texts.composer.send} aria-label=${mail ? texts.composer.sendMail : texts.composer.send} ?disabled=${this.busy}>${icons.send}</button>
        </div>
      </form>`;
  }

  #choose(channel) {
    this.channel = channel;
    if (channel === 'mail' && !this.subject) {
      this.subject = this.#usualSubject();
    }
    this.#changed();
  }

  #onSubject = (event) => {
    this.subject = event.target.value;
    this.#changed();
  };

  #onInput = (event) => {
    this.text = event.target.value;
    this.problem = null;
    this.#changed();
    if (this.thread && this.channel === 'chat' && Date.now() - this.#typedAt > TYPING_EVERY_MILLIS) {
      this.#typedAt = Date.now();
      typing(this.thread.id);
    }
  };

  #onKey = (event) => {
    // While an input method composes, Enter takes a word and nothing else; some browsers say so only by the code 229.
    if (event.isComposing || event.keyCode === 229 || event.key !== 'Enter') {
      return;
    }
    const now = event.ctrlKey || event.metaKey || (this.channel !== 'mail' && !event.shiftKey && !this.fresh);
    if (now) {
      event.preventDefault();
      this.#send();
    } else if (event.target.localName === 'input') {
      event.preventDefault();
      this.focus();
    }
  };

  #onSubmit = (event) => {
    event.preventDefault();
    this.#send();
  };

  async #send() {
    const uploading = this.files.some((file) => !file.id && !file.failed);
    const attachments = this.files.filter((file) => file.id).map(({id, name, type, sizeBytes}) => ({id, name, type, sizeBytes}));
    const text = this.text.replace(/\s+$/, '');
    const to = this.fresh ? this.recipients() : null;
    if (this.busy || uploading) {
      return;
    }
    if (this.fresh && to.length === 0) {
      this.problem = texts.composer.needTo;
      return;
    }
    if (!text.trim() && attachments.length === 0) {
      this.problem = texts.composer.needText;
      this.focus();
      return;
    }
    const draft = {channel: this.channel, text, attachments, ...(this.channel === 'mail' ? {subject: this.subject.trim()} : {}), ...(this.fresh ? {to} : {threadId: this.thread.id})};
    clearTimeout(this.#saveTimer);
    this.#saveTimer = 0;
    if (this.fresh) {
      this.busy = true;
      try {
        const answer = await send(draft);
        this.#clear();
        this.dispatchEvent(new CustomEvent('sent', {detail: answer}));
      } catch (problem) {
        this.problem = problem.unreachable ? texts.error.offline : problem.detail;
      } finally {
        this.busy = false;
      }
      return;
    }
    this.#clear();
    send(draft);
    this.dispatchEvent(new CustomEvent('sent', {detail: {threadId: this.thread.id}}));
    this.focus();
  }

  #clear() {
    this.text = '';
    this.files = [];
    this.saved = false;
    this.problem = null;
    if (this.channel === 'mail' && !this.fresh) {
      this.subject = this.#usualSubject();
    }
    if (this.#draftId) {
      const id = this.#draftId;
      this.#draftId = null;
      api.deleteDraft(id).catch(() => {});
    }
  }

  // ---- drafts

  #changed() {
    this.saved = false;
    clearTimeout(this.#saveTimer);
    this.#saveTimer = setTimeout(() => this.#save(), SAVE_MILLIS);
  }

  async #save() {
    this.#saveTimer = 0;
    const empty = !this.text.trim() && !this.files.some((file) => file.id);
    if (empty) {
      if (this.#draftId) {
        const id = this.#draftId;
        this.#draftId = null;
        await api.deleteDraft(id).catch(() => {});
      }
      return;
    }
    this.#draftId ??= ulid();
    const draft = {
      id: this.#draftId,
      channel: this.channel,
      text: this.text,
      attachments: this.files.filter((file) => file.id).map(({id, name}) => ({id, name})),
      ...(this.channel === 'mail' && this.subject ? {subject: this.subject} : {}),
      ...(this.thread ? {threadId: this.thread.id} : {to: this.recipients?.() ?? []}),
    };
    try {
      await api.saveDraft(draft);
      this.saved = this.#draftId === draft.id;
    } catch {
      // Kept on screen; the next change tries again.
    }
  }

  // ---- files

  #onFiles = (event) => {
    this.#add([...event.target.files]);
    event.target.value = '';
  };

  #onPaste = (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length) {
      event.preventDefault();
      this.#add(files);
    }
  };

  #onDragOver = (event) => {
    if (event.dataTransfer?.types.includes('Files')) {
      event.preventDefault();
      this.over = true;
    }
  };

  #onDrop = (event) => {
    if (event.dataTransfer?.files.length) {
      event.preventDefault();
      this.over = false;
      this.#add([...event.dataTransfer.files]);
    }
  };

  #add(files) {
    for (const file of files) {
      const entry = {name: file.name || 'file', type: file.type, sizeBytes: file.size, controller: new AbortController()};
      this.files = [...this.files, entry];
      this.#upload(file, entry);
    }
    this.updateComplete.then(() => this.focus());
  }

  async #upload(file, entry) {
    const replace = (next) => (this.files = this.files.map((known) => (known.name === entry.name && known.controller === entry.controller ? next : known)));
    try {
      const blob = await api.upload(file, entry.controller.signal);
      replace({...entry, id: blob.id, type: blob.type, sizeBytes: blob.sizeBytes});
      this.#changed();
    } catch (problem) {
      if (problem.name !== 'AbortError') {
        replace({...entry, failed: true});
        toast(problem.status === 413 ? texts.attachment.tooBig(entry.name) : texts.attachment.failed(entry.name));
      }
    }
  }

  #remove(file) {
    file.controller?.abort();
    this.files = this.files.filter((known) => known !== file);
    this.#changed();
    this.focus();
  }
}
customElements.define('composer-box', ComposerBox);
