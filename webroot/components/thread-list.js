import {css, html, LitElement, nothing} from 'lit';
import {ifDefined} from 'lit/directives/if-defined.js';
import {repeat} from 'lit/directives/repeat.js';
import {channelOf, currentList, listKey, loadList, loadMoreThreads} from '../lists.js';
import {showAll} from '../together.js';
import {isOwn} from '../conversation.js';
import {othersOf, personName, threadTitle} from '../people.js';
import {href} from '../router.js';
import {store, Watch} from '../store.js';
import {shared} from '../styles/shared.css.js';
import {threadListStyles} from '../styles/thread-list.css.js';
import {texts} from '../texts.js';
import {fullTime, shortTime} from '../time.js';
import './avatar.js';
import './channel-switch.js';
import './connection-note.js';
import './draft-list.js';
import './welcome-strip.js';
import {icons} from './icons.js';
import {folderName} from './nav-pane.js';

/** The conversations of a folder, newest first. What happens live never moves the focus, nor what the reader looks at. */
class ThreadList extends LitElement {
  watch = new Watch(this);
  #focused = null;
  #anchor = null;

  static styles = [shared, threadListStyles];

  focusFirst() {
    (this.renderRoot.querySelector('.row[aria-current]') ?? this.renderRoot.querySelector('.row'))?.focus();
  }

  focusMenu() {
    this.renderRoot.querySelector('.menu')?.focus();
  }

  render() {
    const {route, view, folders} = store.state;
    const list = currentList();
    return html`
      <div class="scroll" @scroll=${this.#onScroll}>
        <header>
          <button class="icon menu" aria-label=${texts.nav.label} @click=${() => this.dispatchEvent(new CustomEvent('menu'))}>${icons.folder}</button>
          <h1 dir="auto">${folderName(route.folder, folders)}</h1>
          <a class="icon new" href=${href.compose} aria-label=${texts.nav.newMessage} title=${texts.nav.newMessage}>${icons.compose}</a>
          <channel-switch .value=${view} .label=${texts.switch.all} @choose=${(event) => showAll(event.detail)}></channel-switch>
        </header>
        <connection-note banner></connection-note>
        ${route.folder === 'inbox' ? html`<welcome-strip></welcome-strip>` : nothing}
        ${route.folder === 'drafts' ? this.#drafts(list) : this.#body(list)}
      </div>`;
  }

  /** What was begun on the page, and below it the conversations in which mail programs keep drafts. */
  #drafts(list) {
    const theirs = list?.ids.length > 0;
    return html`${theirs && store.state.drafts.length === 0 ? nothing : html`<draft-list></draft-list>`}${theirs ? this.#body(list) : nothing}`;
  }

  #body(list) {
    const {route, view, threads, threadViews} = store.state;
    if (!list || (list.state === 'loading' && list.ids.length === 0)) {
      return html`<ul class="ghosts" aria-hidden="true">${[1, 2, 3, 4, 5, 6].map(() => html`<li><i></i><b></b><b></b></li>`)}</ul><p class="sr" role="status">${texts.loading}</p>`;
    }
    if (list.state === 'error') {
      return html`<div class="note"><p class="alert" role="alert">${texts.list.error} ${list.problem}</p><button class="button" @click=${loadList}>${texts.tryAgain}</button></div>`;
    }
    if (list.ids.length === 0) {
      const [heading, words] = texts.list.emptyChannel[view] ?? texts.list.empty[route.folder] ?? texts.list.empty.other;
      return html`<div class="note">${icons[route.folder] ?? icons.folder}<h2>${heading}</h2><p>${words}</p></div>`;
    }
    const rows = threadViews[listKey(route.folder, channelOf(view))] ?? {};
    return html`
      <ul aria-label=${texts.list.label} @keydown=${this.#onKey}>
        ${repeat(list.ids, (id) => id, (id) => this.#row(rows[id] ?? threads[id]))}
      </ul>
      ${list.next ? html`<div class="note"><button class="button small" ?disabled=${list.loadingMore} @click=${loadMoreThreads}>${texts.list.loadMore}</button></div>` : nothing}`;
  }

  #row(thread) {
    const {route} = store.state;
    const title = threadTitle(thread);
    const others = othersOf(thread);
    const {last} = thread;
    const unread = thread.unread > 0;
    return html`<li data-id=${thread.id}>
      <a class="row ${unread ? 'unread' : ''}" href=${href.thread(route.folder, thread.id)} aria-current=${ifDefined(route.thread === thread.id ? 'true' : undefined)}>
        <person-avatar .name=${title} .key=${others.length === 1 ? others[0].address : title} ?many=${thread.kind === 'group' || thread.kind === 'list' || others.length > 2}></person-avatar>
        <span class="top">
          <span class="title" dir="auto">${title}</span>
          ${thread.settings?.muted ? html`<span class="muted" title=${texts.list.muted}>${icons.mute}<span class="sr">${texts.list.muted}</span></span>` : nothing}
          ${last ? html`<time datetime=${last.sentAt} title=${fullTime(last.sentAt)}>${shortTime(last.sentAt)}</time>` : nothing}
        </span>
        <span class="bottom">
          ${last ? this.#preview(thread, last) : nothing}
          ${unread ? html`<span class="badge" aria-hidden="true">${thread.unread > 99 ? '99+' : thread.unread}</span><span class="sr">${texts.list.unread(thread.unread)}</span>` : nothing}
        </span>
        ${thread.reason ? html`<span class="why"><span class="tag" dir="auto">${thread.reason.text}</span></span>` : nothing}
      </a></li>`;
  }

  #preview(thread, last) {
    const words = [last.channel === 'mail' ? last.subject : '', last.text].filter(Boolean).join(' – ').replace(/\s+/g, ' ').slice(0, 160)
      || (last.attachments?.[0] ? texts.list.attachment(last.attachments[0].name) : texts.list.noText);
    const several = thread.kind !== 'people' || othersOf(thread).length > 1;
    return html`<span class="preview ${last.status === 'failed' ? 'failed' : ''}">
      <span class="channel" title=${texts.channel[last.channel]}>${last.status === 'failed' ? icons.alert : last.channel === 'mail' ? icons.mail : icons.chats}<span class="sr">${last.status === 'failed' ? texts.list.failed : texts.channel[last.channel]}</span></span>
      <span class="words" dir="auto">${isOwn(last) ? texts.list.youWrote(words) : several ? `${personName(last.from)}: ${words}` : words}</span></span>`;
  }

  /** Remembers what must not move: the focused row, and the first row in sight when the list is not at its top. */
  willUpdate() {
    const scroll = this.renderRoot?.querySelector('.scroll');
    this.#focused = this.renderRoot?.activeElement?.closest?.('li')?.dataset.id ?? null;
    this.#anchor = null;
    if (scroll && scroll.scrollTop > 40) {
      const top = scroll.getBoundingClientRect().top;
      const li = [...scroll.querySelectorAll('li[data-id]')].find((row) => row.getBoundingClientRect().bottom > top + 60);
      this.#anchor = li && {id: li.dataset.id, top: li.getBoundingClientRect().top};
    }
  }

  updated() {
    const find = (id) => this.renderRoot.querySelector(`li[data-id="${CSS.escape(id)}"]`);
    if (this.#focused && !this.renderRoot.activeElement) {
      find(this.#focused)?.querySelector('a').focus({preventScroll: true});
    }
    const li = this.#anchor && find(this.#anchor.id);
    if (li) {
      const drift = li.getBoundingClientRect().top - this.#anchor.top;
      if (Math.abs(drift) > 1) {
        this.renderRoot.querySelector('.scroll').scrollTop += drift;
      }
    }
  }

  #onScroll = (event) => {
    const {scrollTop, scrollHeight, clientHeight} = event.target;
    if (scrollHeight - scrollTop - clientHeight < 400) {
      loadMoreThreads();
    }
  };

  #onKey = (event) => {
    const rows = [...this.renderRoot.querySelectorAll('.row')];
    const at = rows.indexOf(this.renderRoot.activeElement);
    const to = {ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1}[event.key];
    if (at >= 0 && to !== undefined && rows[to]) {
      event.preventDefault();
      rows[to].focus();
    }
  };
}
customElements.define('thread-list', ThreadList);
