import {css, html, LitElement, nothing} from 'lit';
import {changeSettings} from '../inbox.js';
import {store, Watch} from '../store.js';
import {shared} from '../styles/shared.css.js';
import {texts} from '../texts.js';
import {icons} from './icons.js';

/** The first steps. Dismissed once, it is gone on every device: the owner's settings remember it. */
class WelcomeStrip extends LitElement {
  watch = new Watch(this);
  static styles = [shared, css``];
  render() {
    return nothing;
  }
}
customElements.define('welcome-strip', WelcomeStrip);
