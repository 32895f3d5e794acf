import {css} from 'lit';

export const messageStyles = css`
  :host { display: block; --avatar: 2rem; }
  .text { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; text-align: start; }
  action-menu { flex: none; opacity: 0; }
  :host(:hover) action-menu, action-menu:focus-within, action-menu[open] { opacity: 1; }
  @media (hover: none) { action-menu { opacity: 1; } }
  .flagged svg { inline-size: 1rem; block-size: 1rem; color: light-dark(#b06a00, #f0bd62); fill: currentColor; }

  .chat { display: flex; align-items: flex-end; gap: 0.5rem; padding-block-start: 0.1875rem; }
  .chat.opens { padding-block-start: 0.625rem; }
  .face { inline-size: 2rem; flex: none; align-self: flex-end; }
  .column { display: grid; justify-items: start; min-inline-size: 0; max-inline-size: min(36rem, 86%); }
  .own .column { justify-items: end; margin-inline-start: auto; }
  .name { padding: 0 0.875rem 0.125rem; font-size: var(--tiny); font-weight: 600; color: var(--ink-soft); }
  .line { display: flex; align-items: center; gap: 0.25rem; max-inline-size: 100%; min-inline-size: 0; }
  .own .line { flex-direction: row-reverse; }
  .bubble {
    position: relative;
    display: grid;
    gap: 0.5rem;
    min-inline-size: 0;
    padding: 0.5rem 0.875rem;
    border-radius: 1.125rem;
    background: var(--sunken);
    line-height: 1.45;
  }
  .theirs.closes .bubble { border-end-start-radius: 0.3125rem; }
  .own.closes .bubble { border-end-end-radius: 0.3125rem; }
  .own .bubble { background: var(--own); color: var(--on-own); }
  .own .bubble a { color: inherit; }
  .own .bubble :focus-visible { outline-color: var(--on-own); }
  .bubble:has(> .emoji) { background: none; padding-inline: 0.25rem; }
  .emoji { font-size: 2.25rem; line-height: 1.2; }
  .own .bubble:has(> .emoji) { color: var(--ink); }
  .edited { margin-block-start: -0.375rem; font-size: var(--tiny); text-align: end; opacity: 0.85; }
  .own .editing.bubble { inline-size: 100%; background: var(--raised); color: var(--ink); box-shadow: inset 0 0 0 1px var(--line-strong); }
  .column:has(.editing) { inline-size: 100%; }
  .column:has(.editing) .line { inline-size: 100%; }
  .chat-subject { font-weight: 650; }
  .erased .bubble { background: none; border: 1px dashed var(--line-strong); color: var(--ink-soft); font-style: italic; }

  .mail {
    margin-block: 0.5rem;
    padding: 0.875rem 1.125rem 1rem;
    border: 1px solid var(--line);
    border-radius: 1rem;
    background: var(--raised);
    box-shadow: var(--shadow-small);
  }
  .mail header { display: flex; align-items: center; gap: 0.75rem; --avatar: 2.25rem; }
  .who { flex: 1; min-inline-size: 0; line-height: 1.35; position: relative; }
  .from { font-size: 0.9375rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .from b { font-weight: 620; }
  .address, .to { font-size: var(--small); color: var(--ink-soft); }
  .to { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .when { display: flex; align-items: center; gap: 0.375rem; align-self: flex-start; padding-block-start: 0.125rem; font-size: var(--tiny); color: var(--ink-soft); font-variant-numeric: tabular-nums; }
  .mail-mark svg { inline-size: 1rem; block-size: 1rem; }
  .mail .body { display: grid; gap: 0.875rem; justify-items: start; margin-block-start: 0.875rem; }
  .mail .body > * { max-inline-size: 100%; }
  .mail .body mail-frame { inline-size: 100%; }
  .quotation { padding-inline-start: 0.875rem; border-inline-start: 0.1875rem solid var(--line); color: var(--ink-soft); font-size: 0.9375rem; }
  .details { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 0.125rem 0.875rem; margin-block-start: 0.75rem; padding: 0.625rem 0.875rem; border-radius: var(--radius-small); background: var(--sunken); font-size: var(--small); }
  .details dt { color: var(--ink-soft); }
  .details dd { overflow-wrap: anywhere; }
  .reason { padding-block-start: 0.375rem; }
  .tag { border-radius: var(--radius-small); white-space: normal; }
  .tag.not-from-account { background: var(--danger-soft); color: var(--danger); }

  .foot { display: flex; align-items: center; gap: 0.3125rem; padding: 0.1875rem 0.5rem 0; font-size: var(--tiny); color: var(--ink-soft); font-variant-numeric: tabular-nums; }
  .foot svg { inline-size: 1rem; block-size: 1rem; }
  .status.read { color: var(--accent); }
  .mail .foot { justify-content: flex-end; padding: 0.375rem 0 0; }
  .foot.failed { flex-wrap: wrap; gap: 0.375rem 0.5rem; padding-block: 0.375rem; color: var(--danger); font-size: var(--small); font-weight: 520; }
  .failed .button { min-block-size: 1.75rem; color: var(--danger); border-color: currentColor; }
  .failed .button.quiet { border-color: transparent; }
  .own .bubble attachment-list { color: var(--ink); }
  @container (width < 30rem) {
    .mail { padding: 0.75rem; }
    .mail header { flex-wrap: wrap; }
    .column { max-inline-size: 92%; }
    .address { display: none; }
  }
`;
