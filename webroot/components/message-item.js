import {html, LitElement, nothing} from 'lit';
import {api} from '../api.js';
import {isFlagged, isOwn} from '../conversation.js';
import {deleteMessage, markUnread, setFlag} from '../actions.js';
import {message as problemText, toast} from '../notices.js';
import {discard, retry} from '../outbox.js';
import {personName} from '../people.js';
import {shared} from '../styles/shared.css.js';
import {messageStyles} from '../styles/message-item.css.js';
import {texts} from '../texts.js';
import {fullTime, timeOfDay} from '../time.js';
import './action-menu.js';
import './attachment-list.js';
import './avatar.js';
import './mail-frame.js';
import './message-editor.js';
import {icons} from './icons.js';
import {linkify, splitQuotation} from './linkify.js';

const STATUS_ICON = {sending: icons.sending, waiting: icons.sending, sent: icons.tick, delivered: icons.ticks, read: icons.ticks, failed: icons.alert};

/**
 * One message: a chat is a bubble, a mail is a card. What a screen reader hears first is who and by which channel.
 *
 * @fires answer when the reader wants to answer this mail
 */
class MessageItem extends LitElement {
  static properties = {
    message: {attribute: false}, opens: {type: Boolean}, closes: {type: Boolean}, several: {type: Boolean}, why: {type: Boolean}, active: {type: Boolean},
    quoted: {state: true}, details: {state: true}, plain: {state: true}, editing: {state: true},
  };

  static styles = [shared, messageStyles];

  render() {
    const {message} = this;
    const own = isOwn(message);
    const name = own ? texts.you : personName(message.from);
    const intro = html`<span class="sr">${texts.message.said(name, texts.channelWord[message.channel], timeOfDay(message.sentAt))}</span>`;
    const kind = message.erased ? 'chat erased' : message.channel === 'mail' ? 'mail' : 'chat';
    return html`<div class="item ${kind} ${own ? 'own' : 'theirs'} ${this.opens ? 'opens' : ''} ${this.closes ? 'closes' : ''} ${this.several ? 'several' : ''}">
      ${kind === 'mail' ? this.#mail(message, own, name, intro) : this.#chat(message, own, name, intro)}</div>`;
  }

  #chat(message, own, name, intro) {
    return html`
      ${this.several && !own ? html`<div class="face">${this.closes ? html`<person-avatar .name=${name} .key=${message.from?.address}></person-avatar>` : nothing}</div>` : nothing}
      <div class="column">
        ${this.several && !own && this.opens ? html`<p class="name" dir="auto" aria-hidden="true">${name}</p>` : nothing}
        <div class="line">
          <div class="bubble ${this.editing ? 'editing' : ''}" title=${fullTime(message.sentAt)}>${intro}
            ${message.erased ? html`<p class="text">${texts.message.erased}</p>` : nothing}
            ${message.subject && message.channel !== 'mail' ? html`<p class="chat-subject" dir="auto">${message.subject}</p>` : nothing}
            ${this.editing ? html`<message-editor .message=${message} @done=${this.#edited}></message-editor>`
              : message.text ? html`<p class="text ${this.#onlyEmoji(message.text) ? 'emoji' : ''}" dir="auto">${linkify(message.text)}</p>` : nothing}
            ${message.attachments?.length ? html`<attachment-list .files=${message.attachments}></attachment-list>` : nothing}
            ${message.edited && !this.editing && !message.erased ? html`<p class="edited" title=${texts.message.editedAt(fullTime(message.edited.at))}>${texts.message.edited}</p>` : nothing}
          </div>
          ${this.#menu(message, name)}
        </div>
        ${this.#reason(message)}
        ${this.closes || this.#failed(message) || message.local ? this.#foot(message, own) : nothing}
      </div>`;
  }

  #mail(message, own, name, intro) {
    const [said, quotation] = splitQuotation(message.text ?? '');
    const formatted = message.hasHtml && !this.plain && !message.local;
    const inline = formatted ? new Set((message.attachments ?? []).filter((file) => file.contentId).map((file) => file.id)) : new Set();
    const files = (message.attachments ?? []).filter((file) => !inline.has(file.id));
    return html`
      <header>
        <person-avatar .name=${personName(message.from)} .key=${message.from?.address}></person-avatar>
        <div class="who">${intro}
          <p class="from"><b dir="auto" aria-hidden="true">${name}</b>${own ? nothing : html` <span class="address">${message.from?.address}</span>`}</p>
          <p class="to" dir="auto">${texts.message.to} ${message.to.map((person) => (person.self ? texts.you : personName(person))).join(', ')}${message.cc?.length ? html` · ${texts.message.cc} ${message.cc.map(personName).join(', ')}` : nothing}</p>
        </div>
        <div class="when"><span class="mail-mark" title=${texts.channel.mail}>${icons.mail}</span><time datetime=${message.sentAt} title=${fullTime(message.sentAt)}>${timeOfDay(message.sentAt)}</time></div>
        ${this.#menu(message, name)}
      </header>
      ${this.#reason(message)}
      ${this.details ? this.#allDetails(message) : nothing}
      <div class="body">
        ${formatted
          ? html`<mail-frame .message=${message} .name=${name}></mail-frame>`
          : html`<p class="text" dir="auto">${linkify(said)}</p>
            ${quotation ? html`<button class="button small quiet" aria-expanded=${this.quoted ? 'true' : 'false'} @click=${() => (this.quoted = !this.quoted)}>${this.quoted ? texts.message.hideQuoted : texts.message.quoted}</button>
              ${this.quoted ? html`<p class="text quotation" dir="auto">${linkify(quotation)}</p>` : nothing}` : nothing}`}
        ${files.length ? html`<attachment-list .files=${files}></attachment-list>` : nothing}
      </div>
      ${own ? this.#foot(message, own) : nothing}`;
  }

  #allDetails(message) {
    const people = (list) => list.map((person) => (person.name === person.address ? person.address : `${personName(person)} <${person.address}>`)).join(', ');
    const rows = [
      [texts.message.from, message.from ? people([message.from]) : ''],
      [texts.message.to, people(message.to ?? [])],
      [texts.message.cc, people(message.cc ?? [])],
      ['Bcc', people(message.bcc ?? [])],
      [texts.message.date, fullTime(message.date ?? message.sentAt)],
      [texts.composer.subject, message.subject ?? ''],
    ];
    return html`<dl class="details">${rows.filter(([, words]) => words).map(([term, words]) => html`<dt>${term}</dt><dd dir="auto">${words}</dd>`)}</dl>`;
  }

  #reason(message) {
    return this.why && message.reason && !isOwn(message) ? html`<p class="reason"><span class="tag ${message.reason.code}" dir="auto">${message.reason.text}</span></p>` : nothing;
  }

  #failed = (message) => message.status === 'failed' || message.local === 'failed';

  #foot(message, own) {
    const status = message.local && message.local !== 'sent' ? message.local : message.status ?? 'sent';
    const counts = message.statusCounts;
    const words = !own ? '' : counts && counts.of > 1 && counts[status] !== undefined && counts[status] < counts.of ? texts.message.statusOf(texts.message.status[status], counts[status], counts.of) : texts.message.status[status];
    if (own && this.#failed(message)) {
      return html`<p class="foot failed">${icons.alert}<span>${message.failure ? texts.message.failedBecause(message.failure) : texts.message.failedPlain}</span>
        <button class="button small" @click=${this.#retry}>${texts.message.retry}</button>
        ${message.local ? html`<button class="button small quiet" @click=${() => discard(message.id)}>${texts.message.discard}</button>` : nothing}</p>`;
    }
    if (own && message.folder === 'drafts') {
      return html`<p class="foot">${icons.drafts}<span>${texts.message.draft}</span></p>`;
    }
    return html`<p class="foot">${message.channel === 'mail' ? nothing : html`<time datetime=${message.sentAt}>${timeOfDay(message.sentAt)}</time>`}
      ${own ? html`<span class="status ${status}" title=${words}>${STATUS_ICON[status]}<span class="sr">${words}</span></span>` : nothing}</p>`;
  }

  #menu(message, name) {
    if (message.local) {
      return nothing;
    }
    const entries = [];
    if (message.channel === 'mail' && !message.erased) {
      entries.push({text: texts.message.answerByMail, icon: icons.mail, run: () => this.dispatchEvent(new CustomEvent('answer', {detail: message}))});
      entries.push({text: texts.message.details, icon: icons.people, run: () => (this.details = !this.details)});
      if (message.hasHtml) {
        entries.push({text: this.plain ? texts.mail.html : texts.mail.plain, icon: icons.file, run: () => (this.plain = !this.plain)});
      }
      entries.push({text: texts.message.raw, icon: icons.down, run: () => this.#download(message)});
    }
    if (message.text) {
      entries.push({text: texts.message.copy, icon: icons.file, run: () => navigator.clipboard?.writeText(message.text).then(() => toast(texts.toast.copied))});
    }
    if (isOwn(message) && message.channel === 'chat' && !message.erased && message.folder !== 'trash') {
      entries.push({text: texts.message.edit, icon: icons.drafts, run: () => (this.editing = true)});
    }
    const flagged = isFlagged(message);
    entries.push({text: flagged ? texts.message.unflag : texts.message.flag, icon: icons.flag, run: () => setFlag(message, '\\Flagged', !flagged)});
    if (!isOwn(message)) {
      entries.push({text: texts.message.unreadFrom, icon: icons.mail, run: () => markUnread(message.threadId, message.id)});
    }
    entries.push(null, {text: texts.message.delete, icon: icons.trash, danger: true, run: () => deleteMessage(message)});
    return html`${flagged ? html`<span class="flagged" title=${texts.message.flagged}>${icons.flag}<span class="sr">${texts.message.flagged}</span></span>` : nothing}
      <action-menu small .label=${texts.message.actions(name, timeOfDay(message.sentAt))} .entries=${entries} ?focusable=${this.active}></action-menu>`;
  }

  #edited = async () => {
    this.editing = false;
    await this.updateComplete;
    this.renderRoot.querySelector('action-menu')?.focus();
  };

  #download(message) {
    const link = document.createElement('a');
    link.href = api.rawUrl(message.id);
    link.download = '';
    link.click();
  }

  #retry = () => (this.message.local ? retry(this.message) : api.retry(this.message.id).catch((problem) => toast(problemText(problem))));

  #onlyEmoji = (text) => text.length <= 12 && /^(\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f|\s)+$/u.test(text);
}
customElements.define('message-item', MessageItem);
