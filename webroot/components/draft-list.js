import {css, html, LitElement} from 'lit';
import {api} from '../api.js';
import {message, toast} from '../notices.js';
import {personName} from '../people.js';
import {go, href} from '../router.js';
import {store, Watch} from '../store.js';
import {shared} from '../styles/shared.css.js';
import {texts} from '../texts.js';
import {shortTime} from '../time.js';
import {icons} from './icons.js';

/** What the reader began to write and has not sent. */
class DraftList extends LitElement {
  watch = new Watch(this);

  static styles = [shared, css`
    ul { padding: 0.375rem 0.5rem; }
    li { display: flex; align-items: center; }
    .open { flex: 1; display: grid; gap: 0.125rem; min-inline-size: 0; padding: 0.6875rem 0.75rem; border: 0; border-radius: var(--radius); background: none; text-align: start; cursor: pointer; }
    .open:hover { background: var(--hover); }
    .top { display: flex; gap: 0.5rem; align-items: baseline; }
    b { flex: 1; font-weight: 600; }
    b, .text { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    time, .text { font-size: 0.875rem; color: var(--ink-soft); }
    .note { padding: 2.5rem 1.5rem; text-align: center; color: var(--ink-soft); display: grid; gap: 0.5rem; justify-items: center; }
    h2 { font-size: 1.0625rem; font-weight: 620; color: var(--ink); }
  `];

  render() {
    const {drafts, threads} = store.state;
    if (drafts.length === 0) {
      const [heading, words] = texts.list.empty.drafts;
      return html`<div class="note">${icons.drafts}<h2>${heading}</h2><p>${words}</p></div>`;
    }
    return html`<ul aria-label=${texts.folder.drafts}>${drafts.map((draft) => {
      const to = (draft.to ?? []).map(personName).join(', ') || threads[draft.threadId]?.title || texts.composer.newHeading;
      return html`<li><button class="open" @click=${() => this.#open(draft)}>
          <span class="top"><b dir="auto">${to}</b><time datetime=${draft.savedAt}>${shortTime(draft.savedAt)}</time></span>
          <span class="text" dir="auto">${[draft.subject, draft.text].filter(Boolean).join(' – ') || texts.list.noText}</span></button>
        <button class="icon" aria-label=${texts.composer.discard} title=${texts.composer.discard} @click=${() => this.#discard(draft)}>${icons.trash}</button></li>`;
    })}</ul>`;
  }

  #open(draft) {
    if (draft.threadId) {
      go(href.thread('inbox', draft.threadId));
    } else {
      store.set({openDraft: draft});
      go(href.compose);
    }
  }

  #discard = (draft) => api.deleteDraft(draft.id).then(
    () => store.set((state) => ({drafts: state.drafts.filter((known) => known.id !== draft.id)})),
    (problem) => toast(message(problem)));
}
customElements.define('draft-list', DraftList);
