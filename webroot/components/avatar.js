import {css, html, LitElement} from 'lit';
import {hue, initials} from '../people.js';
import {icons} from './icons.js';
import {shared} from '../styles/shared.css.js';

/** A circle with initials in the hue of a person. Decoration: the name always stands beside it. */
class PersonAvatar extends LitElement {
  static properties = {name: {}, key: {}, many: {type: Boolean}};

  static styles = [shared, css`
    :host { display: inline-block; inline-size: var(--avatar, 2.75rem); block-size: var(--avatar, 2.75rem); flex: none; }
    div {
      display: grid;
      place-items: center;
      inline-size: 100%;
      block-size: 100%;
      border-radius: 50%;
      font-size: calc(var(--avatar, 2.75rem) * 0.36);
      font-weight: 600;
      letter-spacing: 0.01em;
      user-select: none;
    }
    svg { inline-size: 52%; block-size: 52%; }
    .h0 { background: light-dark(#d8eef0, #123f44); color: light-dark(#0a565e, #9fe3e8); }
    .h1 { background: light-dark(#e3e9fb, #25315a); color: light-dark(#2f4596, #bccbfb); }
    .h2 { background: light-dark(#fae6dc, #50301f); color: light-dark(#8c3f14, #f5c3a6); }
    .h3 { background: light-dark(#e2f2de, #21431c); color: light-dark(#2c6420, #b3dfa9); }
    .h4 { background: light-dark(#f3e3f6, #45264c); color: light-dark(#7a2f88, #e2b7ea); }
    .h5 { background: light-dark(#fbeecb, #473711); color: light-dark(#765200, #efd48a); }
    .h6 { background: light-dark(#fbe2e8, #512332); color: light-dark(#98264a, #f5b5c6); }
    .h7 { background: light-dark(#dfeaf4, #1f3a52); color: light-dark(#24557c, #acd0ef); }
    .h8 { background: light-dark(#e9e5f9, #352c58); color: light-dark(#553f9d, #cdc0f6); }
    .h9 { background: light-dark(#e6ece4, #303d2d); color: light-dark(#465c3e, #c3d6bb); }
  `];

  render() {
    return html`<div class="h${hue(this.key || this.name)}" aria-hidden="true">${this.many ? icons.people : initials(this.name ?? '')}</div>`;
  }
}
customElements.define('person-avatar', PersonAvatar);
