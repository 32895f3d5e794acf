// Icons, drawn on a grid of 24. They are decoration: the word stands beside them, or in the label of their button.
import {svg, html} from 'lit';

const icon = (paths) => html`<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${paths}</svg>`;

export const icons = {
  logo: html`<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="9" fill="#0b6b75"/><g fill="none" stroke="#fff" stroke-width="2.5" stroke-linecap="round"><path d="M16 27V17"/><path d="M16 20C16 13 8 13.5 8 6"/><path d="M16 20c0-7 8-6.5 8-14"/><path d="M16 17V6" opacity=".75"/></g></svg>`,
  inbox: icon(svg`<path d="M4 13.5 6.2 5.800A1.5 1.5 0 0 1 7.6 4.700h8.800a1.5 1.5 0 0 1 1.4 1.100L20 13.500v4a1.8 1.8 0 0 1-1.8 1.800H5.800A1.8 1.8 0 0 1 4 17.500z"/><path d="M4 13.500h4.500l1.2 2.200h4.600l1.2-2.200H20"/>`),
  chats: icon(svg`<path d="M5.5 4.800h13A1.5 1.5 0 0 1 20 6.300v8.400a1.5 1.5 0 0 1-1.5 1.500H11l-4.5 3.500v-3.500h-1A1.5 1.5 0 0 1 4 14.700V6.300a1.5 1.5 0 0 1 1.5-1.500z"/>`),
  sent: icon(svg`<path d="M20 4 3.5 10.200l6.7 2.900L13.8 20z"/><path d="m10.2 13.1 4.3-4.2"/>`),
  drafts: icon(svg`<path d="M5 19.200h14"/><path d="m6.5 13.5 8.7-8.700a1.6 1.6 0 0 1 2.3 0l.7.700a1.6 1.6 0 0 1 0 2.300L9.5 16.500l-3.7.700z"/>`),
  requests: icon(svg`<circle cx="10" cy="8.5" r="3.5"/><path d="M3.8 19c.6-3.3 3.1-5.2 6.2-5.200s5.6 1.9 6.2 5.2"/><path d="M18.5 8v5M16 10.500h5"/>`),
  archive: icon(svg`<rect x="3.8" y="4.8" width="16.4" height="4.2" rx="1"/><path d="M5.3 9v9a1.2 1.2 0 0 0 1.2 1.200h11a1.2 1.2 0 0 0 1.2-1.200V9"/><path d="M10 12.800h4"/>`),
  junk: icon(svg`<circle cx="12" cy="12" r="8"/><path d="m6.5 6.5 11 11"/>`),
  trash: icon(svg`<path d="M4.5 6.800h15"/><path d="M9.5 6.500V5a1 1 0 0 1 1-1h3a1 1 0 0 1 1 1v1.5"/><path d="m6.5 7 .8 11.500a1.3 1.3 0 0 0 1.3 1.200h6.800a1.3 1.3 0 0 0 1.3-1.200L17.5 7"/><path d="M10.3 11v4.800M13.7 11v4.8"/>`),
  folder: icon(svg`<path d="M4 7.500A1.5 1.5 0 0 1 5.5 6h4l2 2.200h7A1.5 1.5 0 0 1 20 9.700v7.800a1.5 1.5 0 0 1-1.5 1.500h-13A1.5 1.5 0 0 1 4 17.500z"/>`),
  mail: icon(svg`<rect x="3.8" y="5.5" width="16.4" height="13" rx="1.8"/><path d="m4.5 7.5 7.5 5.7 7.5-5.7"/>`),
  compose: icon(svg`<path d="M12 5v14M5 12h14"/>`),
  back: icon(svg`<path d="m14.5 5.5-6.5 6.5 6.5 6.5"/>`),
  more: icon(svg`<circle cx="5.5" cy="12" r="1"/><circle cx="12" cy="12" r="1"/><circle cx="18.5" cy="12" r="1"/>`),
  close: icon(svg`<path d="m6 6 12 12M18 6 6 18"/>`),
  settings: icon(svg`<path d="M4 7.500h9M17 7.500h3M4 16.500h3M11 16.500h9"/><circle cx="15" cy="7.5" r="2"/><circle cx="9" cy="16.5" r="2"/>`),
  logout: icon(svg`<path d="M10 4.800H6.300A1.5 1.5 0 0 0 4.8 6.300v11.400a1.5 1.5 0 0 0 1.5 1.500H10"/><path d="M10 12h9.500M16 8.200l3.7 3.8-3.7 3.8"/>`),
  attach: icon(svg`<path d="m19 11.5-7.3 7.300a4.3 4.3 0 0 1-6.1-6.100l7.6-7.600a2.9 2.9 0 0 1 4.1 4.100l-7.5 7.500a1.4 1.4 0 0 1-2-2l6.7-6.8"/>`),
  file: icon(svg`<path d="M7.5 4h6l4.5 4.500v10A1.5 1.5 0 0 1 16.5 20h-9A1.5 1.5 0 0 1 6 18.500v-13A1.5 1.5 0 0 1 7.5 4z"/><path d="M13.5 4v4.500H18"/>`),
  send: icon(svg`<path d="M12 19V5.500M6 11l6-6 6 6"/>`),
  down: icon(svg`<path d="M12 5v13.500M6 13l6 6 6-6"/>`),
  mute: icon(svg`<path d="M6 16.500h12l-1.6-2.600V10a4.4 4.4 0 0 0-8.8 0v3.900z"/><path d="M10.5 19.200a1.7 1.7 0 0 0 3 0M4.5 4.500l15 15"/>`),
  flag: icon(svg`<path d="M6 20V4.500h10.500l-2 4 2 4H6"/>`),
  alert: icon(svg`<path d="M12 4.5 3.8 18.800h16.400z"/><path d="M12 10v4M12 16.500v.01"/>`),
  sending: icon(svg`<circle cx="12" cy="12" r="7.5"/><path d="M12 8v4l2.5 1.8"/>`),
  tick: icon(svg`<path d="m5 12.5 4.5 4.500L19 7.5"/>`),
  ticks: icon(svg`<path d="m2.5 12.5 4.5 4.5 9-9.500M11 15.800l1.3 1.2 9.2-9.5"/>`),
  image: icon(svg`<rect x="4" y="5" width="16" height="14" rx="1.8"/><circle cx="9" cy="10" r="1.5"/><path d="m4.5 17 4.7-4.2 3 2.7 3.3-3.2 4 3.7"/>`),
  eye: icon(svg`<path d="M3 12s3.3-6 9-6 9 6 9 6-3.3 6-9 6-9-6-9-6z"/><circle cx="12" cy="12" r="2.5"/>`),
  people: icon(svg`<circle cx="9" cy="9" r="3"/><path d="M3.5 18.500c.5-2.9 2.7-4.5 5.5-4.500s5 1.6 5.5 4.5"/><path d="M15.5 6.300a3 3 0 0 1 0 5.400M17 14.300c2 .5 3.2 1.9 3.5 4.2"/>`),
};
