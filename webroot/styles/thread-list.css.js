import {css} from 'lit';

export const threadListStyles = css`
  :host { display: block; overflow: hidden; }
  .scroll { block-size: 100%; overflow-y: auto; overflow-x: hidden; overflow-anchor: none; scroll-padding-block: 7.5rem 1rem; }
  header {
    position: sticky;
    z-index: 10;
    inset-block-start: 0;
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: center;
    gap: 0.625rem 0.25rem;
    padding: 0.875rem 1rem 0.75rem;
    background: var(--surface);
    border-block-end: 1px solid var(--line);
  }
  h1 { font-size: 1.375rem; font-weight: 680; letter-spacing: -0.02em; line-height: 1.3; overflow-wrap: anywhere; }
  channel-switch { grid-column: 1 / -1; }
  .menu { display: none; }
  .new { display: none; color: var(--accent); text-decoration: none; }
  .menu svg, .new svg { inline-size: 1.5rem; block-size: 1.5rem; }
  ul { padding: 0.375rem 0.5rem; }
  .row {
    display: grid;
    grid-template: auto auto auto / auto minmax(0, 1fr);
    column-gap: 0.875rem;
    align-items: center;
    padding: 0.6875rem 0.75rem;
    border-radius: var(--radius);
    color: inherit;
    text-decoration: none;
  }
  .row:hover { background: var(--hover); }
  .row:focus-visible { outline-offset: -0.125rem; border-radius: var(--radius); }
  .row[aria-current] { background: var(--accent-soft); }
  person-avatar { grid-row: 1 / span 2; }
  .top, .bottom { display: flex; align-items: baseline; gap: 0.5rem; min-inline-size: 0; }
  .bottom { align-items: center; }
  .title { flex: 1; min-inline-size: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-weight: 550; text-align: start; }
  .unread .title { font-weight: 700; }
  time { flex: none; font-size: var(--tiny); color: var(--ink-soft); font-variant-numeric: tabular-nums; }
  .unread time { color: var(--accent-ink); font-weight: 600; }
  .row[aria-current] time { color: var(--accent-ink); }
  .muted svg { inline-size: 0.9375rem; block-size: 0.9375rem; color: var(--ink-soft); align-self: center; }
  .preview { display: flex; align-items: center; gap: 0.375rem; flex: 1; min-inline-size: 0; color: var(--ink-soft); font-size: 0.875rem; }
  .row[aria-current] .preview { color: color-mix(in oklab, var(--accent-ink) 55%, var(--ink)); }
  .unread .preview { color: var(--ink); font-weight: 500; }
  .preview.failed .channel { color: var(--danger); }
  .channel svg { inline-size: 0.9375rem; block-size: 0.9375rem; }
  .words { flex: 1; min-inline-size: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .badge {
    flex: none;
    min-inline-size: 1.25rem;
    padding-inline: 0.375rem;
    border-radius: 62rem;
    background: var(--accent);
    color: var(--on-accent);
    font-size: var(--tiny);
    font-weight: 650;
    line-height: 1.25rem;
    text-align: center;
    font-variant-numeric: tabular-nums;
  }
  .why { grid-column: 2; margin-block-start: 0.25rem; min-inline-size: 0; }
  .why .tag { max-inline-size: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; vertical-align: bottom; }
  .note { display: grid; justify-items: center; gap: 0.5rem; padding: 2.5rem 1.5rem; text-align: center; color: var(--ink-soft); }
  .note > svg { inline-size: 2.5rem; block-size: 2.5rem; color: var(--line-strong); }
  .note h2 { font-size: 1.0625rem; font-weight: 620; color: var(--ink); }
  .ghosts li { display: grid; grid-template: auto auto / 2.75rem 1fr; gap: 0.5rem 0.875rem; padding: 0.6875rem 0.75rem; }
  .ghosts i { grid-row: 1 / 3; inline-size: 2.75rem; block-size: 2.75rem; border-radius: 50%; background: var(--sunken); }
  .ghosts b { block-size: 0.75rem; inline-size: 45%; align-self: center; border-radius: 62rem; background: var(--sunken); }
  .ghosts b + b { inline-size: 80%; }
  @container (width < 48rem) {
    header { grid-template-columns: auto minmax(0, 1fr) auto; }
    .menu, .new { display: inline-flex; }
  }
  @container (height < 30rem) {
    header { position: static; }
    .scroll { scroll-padding-block: 0.5rem; }
  }
`;
