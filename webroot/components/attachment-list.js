import {css, html, LitElement, nothing} from 'lit';
import {api} from '../api.js';
import {shared} from '../styles/shared.css.js';
import {texts} from '../texts.js';
import {icons} from './icons.js';

const SHOWN_AS_IMAGE = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif']);

/** The files of a message: small pictures are shown, everything can be downloaded. */
class AttachmentList extends LitElement {
  static properties = {files: {attribute: false}};

  static styles = [shared, css`
    :host { display: block; }
    ul { display: flex; flex-wrap: wrap; gap: 0.5rem; }
    li { min-inline-size: 0; max-inline-size: 100%; }
    .file { display: flex; align-items: center; gap: 0.625rem; max-inline-size: 20rem; padding: 0.5rem 0.875rem 0.5rem 0.625rem; border: 1px solid var(--line); border-radius: var(--radius); background: var(--raised); color: var(--ink); text-decoration: none; }
    .file:hover { background: var(--hover); }
    .file svg { color: var(--accent); }
    .words { min-inline-size: 0; line-height: 1.3; }
    .name { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 0.875rem; font-weight: 550; }
    .size { font-size: var(--tiny); color: var(--ink-soft); }
    .picture { display: block; overflow: hidden; border-radius: var(--radius); border: 1px solid var(--line); background: var(--sunken); }
    .picture img { display: block; max-inline-size: 100%; max-block-size: 18rem; min-block-size: 3rem; }
  `];

  render() {
    const pictures = this.files.filter((file) => SHOWN_AS_IMAGE.has(file.type));
    const others = this.files.filter((file) => !SHOWN_AS_IMAGE.has(file.type));
    return html`<ul aria-label=${texts.attachment.label}>
      ${pictures.map((file) => html`<li><a class="picture" href=${api.blobUrl(file.id)} download=${file.name} title=${file.name}>
        <img src=${api.blobUrl(file.id)} alt=${file.name} loading="lazy" decoding="async" @error=${this.#plain}></a></li>`)}
      ${others.map((file) => html`<li><a class="file" href=${api.blobUrl(file.id)} download=${file.name} aria-label=${texts.attachment.download(file.name, texts.bytes(file.sizeBytes))}>
        ${icons.file}<span class="words"><span class="name" dir="auto">${file.name}</span>${file.sizeBytes === undefined ? nothing : html`<span class="size">${texts.bytes(file.sizeBytes)}</span>`}</span></a></li>`)}
    </ul>`;
  }

  /** A picture that cannot be shown is still a file with a name: its alternative text stands in its place. */
  #plain = (event) => event.target.closest('a').classList.add('file');
}
customElements.define('attachment-list', AttachmentList);
