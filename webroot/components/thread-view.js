import {html, LitElement, nothing} from 'lit';
import {keyed} from 'lit/directives/keyed.js';
import {repeat} from 'lit/directives/repeat.js';
import {isOwn, isUnread, layout} from '../conversation.js';
import {accept, decline, markAllRead, markSeen, markUnread, move, mute} from '../actions.js';
import {conversationKey, loadOlder, openThread, threadChannel} from '../opened.js';
import {showOne} from '../together.js';
import {othersOf, personName, threadTitle} from '../people.js';
import {href} from '../router.js';
import {store, Watch} from '../store.js';
import {shared} from '../styles/shared.css.js';
import {threadViewStyles} from '../styles/thread-view.css.js';
import {texts} from '../texts.js';
import {dayName, timeOfDay} from '../time.js';
import './action-menu.js';
import './avatar.js';
import './channel-switch.js';
import './composer-box.js';
import './message-item.js';
import {icons} from './icons.js';
import {folderName} from './nav-pane.js';
import {Sight} from './sight.js';

const AT_END = 32;
const OLDER_AT = 300;
const LABEL = 200;

/**
 * One conversation: its messages in role="log", and the box to answer in.
 *
 * Scrolling: `#hold` says what stays where it is. 'end': the reader is at the newest message and follows; 'divider': the line
 * before what is new was just shown; null: the reader is somewhere of his own, and nothing that happens live moves him.
 */
class ThreadView extends LitElement {
  static properties = {threadId: {}, below: {state: true}, activeId: {state: true}};

  watch = new Watch(this);
  #hold = 'end';
  #shownKey = null;
  #ids = [];
  #anchor = null;
  #sizes = new ResizeObserver(() => this.#keepHold());
  #sight = new Sight((seen) => markSeen(this.threadId, seen));

  static styles = [shared, threadViewStyles];

  constructor() {
    super();
    this.below = 0;
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#sizes.disconnect();
    this.#sight.stop();
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.hasUpdated) {
      this.#observe();
    }
  }

  firstUpdated() {
    this.#observe();
  }

  #observe() {
    this.#sizes.observe(this.#scroller);
    this.#sizes.observe(this.renderRoot.querySelector('.content'));
    this.#sight.start(this.#scroller);
  }

  focusComposer() {
    (this.renderRoot.querySelector('composer-box') ?? this.renderRoot.querySelector('[role=log]')).focus();
  }

  get #scroller() {
    return this.renderRoot.querySelector('.scroll');
  }

  get #messages() {
    const {conversations, outbox} = store.state;
    const conversation = conversations[this.#key];
    const known = new Set(conversation?.messages?.map((message) => message.id));
    const channel = this.#thread && threadChannel(this.#thread);
    const pending = outbox.filter((message) => message.threadId === this.threadId && !known.has(message.id) && (!channel || message.channel === channel));
    return [...(conversation?.messages ?? []), ...pending];
  }

  get #thread() {
    return store.state.threads[this.threadId];
  }

  get #key() {
    return conversationKey(this.threadId);
  }

  render() {
    const thread = this.#thread;
    const conversation = store.state.conversations[this.#key];
    return html`
      <div class="scroll" @scroll=${this.#onScroll}>
        <div class="content">
          ${thread ? this.#header(thread) : html`<header><a class="icon back" href=${href.folder(store.state.route.folder)} aria-label=${texts.back}>${icons.back}</a></header>`}
          ${keyed(this.#key, this.#log(thread, conversation))}
        </div>
        ${thread && conversation?.state !== 'error' ? html`<div class="dock">
          ${this.below ? html`<button class="button primary small pill" aria-label=${texts.thread.newBelowLabel(this.below)} @click=${this.#toEnd}>${texts.thread.newBelow(this.below)}</button>` : nothing}
          ${keyed(this.threadId, html`<composer-box .thread=${thread} .last=${this.#lastOf(conversation)} @sent=${this.#onSent}></composer-box>`)}
        </div>` : nothing}
      </div>`;
  }

  #lastOf = (conversation) => conversation?.messages?.at(-1) ?? this.#thread?.last;

  #header(thread) {
    const title = threadTitle(thread);
    const others = othersOf(thread);
    const apart = threadChannel(thread);
    const {route, folders} = store.state;
    const kind = texts.thread.kind[thread.kind];
    const about = [kind, others.length > 1 ? texts.thread.people(others.length + 1) : others[0]?.address].filter(Boolean).join(' · ');
    const inTrash = route.folder === 'trash';
    const home = ['archive', 'junk', 'trash'].includes(route.folder);
    const own = folders.filter((folder) => !texts.folder[folder.id]);
    const to = (id, words) => move(thread, id, words ?? texts.toast.movedTo(folderName(id, folders)));
    return html`<header>
      <a class="icon back" href=${href.folder(route.folder)} aria-label=${texts.back} title=${texts.back}>${icons.back}</a>
      <person-avatar .name=${title} .key=${others.length === 1 ? others[0].address : title} ?many=${thread.kind === 'group' || thread.kind === 'list' || others.length > 2}></person-avatar>
      <div class="title"><h1 dir="auto">${title}</h1><p dir="auto">${about}</p></div>
      <channel-switch .value=${apart ?? 'together'} .label=${texts.switch.one} @choose=${(event) => showOne(thread, event.detail)}></channel-switch>
      <div class="actions">
        ${home
          ? html`<button class="icon" title=${texts.thread.toInbox} aria-label=${texts.thread.toInbox} @click=${() => to('inbox')}>${icons.inbox}</button>`
          : html`<button class="icon" title=${texts.thread.archive} aria-label=${texts.thread.archive} @click=${() => to('archive', texts.toast.archived)}>${icons.archive}</button>`}
        ${inTrash ? nothing : html`<button class="icon" title=${texts.thread.delete} aria-label=${texts.thread.delete} @click=${() => to('trash', texts.toast.deleted)}>${icons.trash}</button>`}
        <action-menu .label=${texts.more} .entries=${[
          {text: texts.thread.markUnread, icon: icons.mail, run: () => this.#markUnread()},
          {text: texts.thread.markRead, icon: icons.tick, run: () => markAllRead(thread.id)},
          {text: thread.settings?.muted ? texts.thread.unmute : texts.thread.mute, icon: icons.mute, run: () => mute(thread, !thread.settings?.muted)},
          null,
          ...(route.folder === 'junk' ? [] : [{text: texts.thread.junk, icon: icons.junk, run: () => to('junk')}]),
          ...own.filter((folder) => folder.id !== route.folder).map((folder) => ({text: `${texts.thread.moveTo} ${folder.name}`, icon: icons.folder, run: () => to(folder.id)})),
        ]}></action-menu>
      </div>
    </header>`;
  }

  #log(thread, conversation) {
    if (conversation?.state === 'error') {
      return html`<div class="note"><p class="alert" role="alert">${conversation.problem ?? texts.thread.error}</p>
        <button class="button" @click=${() => openThread(this.threadId)}>${texts.tryAgain}</button></div>`;
    }
    const messages = this.#messages;
    const channel = thread && threadChannel(thread);
    const several = thread && (thread.kind !== 'people' || othersOf(thread).length > 1);
    // A request says its reason once, above.
    const why = !this.#asks(thread);
    const loading = !conversation || conversation.state === 'loading';
    return html`
      ${thread ? this.#request(thread) : nothing}
      ${conversation?.next ? html`<div class="older"><button class="button small" ?disabled=${conversation.loadingOlder} @click=${this.#older}>${conversation.loadingOlder ? texts.loading : texts.thread.loadOlder}</button></div>`
        : conversation?.state === 'ready' && messages.length ? html`<p class="older start">${texts.thread.start}</p>` : nothing}
      ${loading && messages.length === 0 ? html`<div class="note"><div class="spinner" role="status"><span class="sr">${texts.loading}</span></div></div>` : nothing}
      ${!loading && messages.length === 0 ? html`<p class="note">${channel === 'mail' ? texts.thread.emptyMail : channel === 'chat' ? texts.thread.emptyChat : texts.thread.empty}</p>` : nothing}
      <div class="log" role="log" aria-label=${texts.thread.log} aria-relevant="additions" aria-busy=${loading || conversation?.loadingOlder ? 'true' : 'false'} tabindex="0" @keydown=${this.#onLogKey} @focusin=${this.#onLogFocus} @focusout=${() => (this.activeId = null)}>
        ${repeat(layout(messages, conversation?.divider), (row) => row.key, (row) => this.#row(row, several, why))}
      </div>
      ${this.#typing()}`;
  }

  #row(row, several, why) {
    switch (row.kind) {
      case 'day':
        return html`<h2 class="day"><span>${dayName(row.at)}</span></h2>`;
      case 'unread':
        return html`<p class="unread"><span aria-hidden="true">${texts.thread.unread}</span><span class="sr">${texts.thread.unreadLabel}</span></p>`;
      case 'subject':
        return html`<h3 class="subject" dir="auto">${row.text || texts.message.noSubject}</h3>`;
      default:
        return html`<div class="message" role="article" aria-label=${this.#label(row.message)} data-id=${row.message.id} tabindex="-1">
          <message-item .message=${row.message} ?opens=${row.opens} ?closes=${row.closes} ?several=${several} ?why=${why} ?active=${this.activeId === row.message.id} @answer=${this.#onAnswer}></message-item></div>`;
    }
  }

  /** What is said when the focus comes to a message. */
  #label(message) {
    const name = isOwn(message) ? texts.you : personName(message.from);
    return `${texts.message.said(name, texts.channelWord[message.channel], timeOfDay(message.sentAt))} ${message.text.slice(0, LABEL)}${message.edited ? ` (${texts.message.edited})` : ''}`;
  }

  #asks = (thread) => thread && ['requests', 'junk'].includes(store.state.route.folder) && thread.kind !== 'list';

  #request(thread) {
    const {route} = store.state;
    if (!this.#asks(thread)) {
      return nothing;
    }
    const name = threadTitle(thread);
    return html`<section class="request" aria-label=${texts.folder.requests}>
      <h2 dir="auto">${texts.requests.heading(name)}</h2>
      ${thread.reason ? html`<p><span class="why">${texts.requests.why}</span> <span dir="auto">${thread.reason.text}</span></p>` : nothing}
      <p class="hint">${texts.requests.hint}</p>
      <div class="choices">
        <button class="button primary" @click=${() => accept(thread, name)}>${texts.requests.accept}</button>
        ${route.folder === 'requests' ? html`<button class="button" @click=${() => decline(thread, name)}>${texts.requests.decline}</button>` : nothing}
      </div></section>`;
  }

  #typing() {
    const writing = store.state.typing[this.threadId];
    return html`<p class="typing" dir="auto">${writing ? texts.thread.typing(personName(writing.by) || threadTitle(this.#thread)) : nothing}</p>`;
  }

  // ---- what must not move, and what must

  willUpdate() {
    const scroll = this.renderRoot?.querySelector('.scroll');
    this.#anchor = null;
    if (scroll && this.#shownKey === this.#key && this.#hold === null) {
      const top = scroll.getBoundingClientRect().top + 64;
      const row = [...scroll.querySelectorAll('.message')].find((message) => message.getBoundingClientRect().bottom > top);
      this.#anchor = row && {row, top: row.getBoundingClientRect().top};
    }
  }

  async updated() {
    const key = this.#key;
    const state = store.state.conversations[key]?.state;
    const messages = this.#messages;
    const fresh = this.#shownKey !== key || (state === 'ready' && !this.#ready);
    this.#ready = state === 'ready';
    if (this.#shownKey !== key) {
      this.#sight.forget();
    }
    this.#shownKey = key;
    const before = new Set(this.#ids);
    const last = this.#ids.at(-1);
    this.#ids = messages.map((message) => message.id);
    this.#sight.watch(this.renderRoot.querySelectorAll('.message'));
    // Children render after their parent; what they will measure is known only then, still before anything is painted.
    await Promise.all([...this.renderRoot.querySelectorAll('message-item')].map((item) => item.updateComplete));
    if (fresh) {
      this.below = 0;
      this.#hold = store.state.conversations[key]?.divider ? 'divider' : 'end';
      this.#keepHold();
      return;
    }
    const start = last ? messages.findIndex((message) => message.id === last) + 1 : 0;
    const added = messages.slice(start).filter((message) => !before.has(message.id));
    if (added.some((message) => message.local)) {
      this.#hold = 'end';
    } else if (added.length > 0 && this.#hold !== 'end' && this.#distance() > AT_END) {
      this.below += added.filter((message) => !isOwn(message)).length;
    } else if (added.length > 0 && this.#hold === 'end') {
      this.#follow(added[0]);
      return;
    }
    this.#keepHold();
  }

  /** Follows the newest message, but never past the beginning of one that is taller than the pane. */
  #follow(message) {
    const row = this.#rowOf(message.id);
    const scroll = this.#scroller;
    const room = scroll.clientHeight - (this.renderRoot.querySelector('.dock')?.offsetHeight ?? 0) - 80;
    if (row && row.offsetHeight > room && this.renderRoot.activeElement?.localName !== 'composer-box') {
      this.#hold = null;
      scroll.scrollTop += row.getBoundingClientRect().top - scroll.getBoundingClientRect().top - 80;
    } else {
      this.#keepHold();
    }
  }

  #rowOf = (id) => this.renderRoot.querySelector(`.message[data-id="${CSS.escape(id)}"]`);

  #keepHold() {
    const scroll = this.#scroller;
    if (!scroll) {
      return;
    }
    // The browser's own anchoring would look like the reader's hand on the scroll bar.
    scroll.classList.toggle('held', this.#hold !== null);
    if (this.#hold === 'end') {
      scroll.scrollTop = scroll.scrollHeight;
    } else if (this.#hold === 'divider') {
      const line = this.renderRoot.querySelector('.unread');
      if (line) {
        scroll.scrollTop += line.getBoundingClientRect().top - scroll.getBoundingClientRect().top - scroll.clientHeight * 0.3;
      } else {
        scroll.scrollTop = scroll.scrollHeight;
      }
    } else if (this.#anchor?.row.isConnected) {
      const drift = this.#anchor.row.getBoundingClientRect().top - this.#anchor.top;
      if (Math.abs(drift) > 1) {
        scroll.scrollTop += drift;
      }
      this.#anchor = null;
    }
    this.#set = scroll.scrollTop;
  }

  #set = 0;
  #ready = false;
  #distance = () => this.#scroller.scrollHeight - this.#scroller.scrollTop - this.#scroller.clientHeight;

  #onScroll = () => {
    const scroll = this.#scroller;
    const atEnd = this.#distance() <= AT_END;
    if (Math.abs(scroll.scrollTop - this.#set) > 2) {
      this.#hold = atEnd ? 'end' : null;
      scroll.classList.toggle('held', this.#hold !== null);
    }
    if (atEnd && this.below) {
      this.below = 0;
    }
    if (scroll.scrollTop < OLDER_AT && this.#hold === null) {
      loadOlder(this.threadId);
    }
  };

  #older = () => {
    this.#hold = null;
    this.#scroller.classList.remove('held');
    loadOlder(this.threadId);
  };

  #toEnd = () => {
    this.#hold = 'end';
    this.below = 0;
    this.#keepHold();
    this.focusComposer();
  };

  #onSent = () => {
    this.#hold = 'end';
    this.#keepHold();
  };

  #onAnswer = (event) => this.renderRoot.querySelector('composer-box').answerMail(event.detail);

  #markUnread() {
    const received = this.#messages.filter((message) => !isOwn(message) && !message.local);
    const from = received.find(isUnread) ?? received.at(-1);
    if (from) {
      markUnread(this.threadId, from.id);
    }
  }

  #onLogFocus = (event) => {
    this.activeId = event.target.closest('.message')?.dataset.id ?? null;
  };

  /** In the log, arrows go from message to message; Tab then reaches what a message offers. */
  #onLogKey = (event) => {
    if (!['ArrowDown', 'ArrowUp', 'Home', 'End'].includes(event.key) || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    const rows = [...this.renderRoot.querySelectorAll('.message')];
    if (rows.length === 0) {
      return;
    }
    event.preventDefault();
    const at = rows.findIndex((row) => row.dataset.id === this.activeId);
    const to = {ArrowDown: at < 0 ? rows.length - 1 : at + 1, ArrowUp: at < 0 ? rows.length - 1 : at - 1, Home: 0, End: rows.length - 1}[event.key];
    rows[Math.max(0, Math.min(rows.length - 1, to))].focus();
  };
}
customElements.define('thread-view', ThreadView);
