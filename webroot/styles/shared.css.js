import {css} from 'lit';

/** What every component uses: buttons, fields, the focus ring, and text for screen readers alone. */
export const shared = css`
  *, *::before, *::after { box-sizing: border-box; }
  :host { color: var(--ink); }
  :host([hidden]), [hidden] { display: none !important; }
  :focus { outline: none; }
  :focus-visible {
    outline: 0.15625rem solid var(--accent);
    outline-offset: 0.125rem;
    border-radius: var(--radius-small);
  }
  h1, h2, h3, h4, p, ul, ol, dl, dd, fieldset, figure { margin: 0; padding: 0; border: 0; min-inline-size: 0; }
  ul, ol { list-style: none; }
  button, input, textarea, select { font: inherit; color: inherit; }
  a { color: var(--accent); text-underline-offset: 0.15em; }
  svg { display: block; flex: none; inline-size: 1.25rem; block-size: 1.25rem; }

  .sr {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.5rem;
    min-block-size: 2.5rem;
    padding: 0.375rem 1rem;
    border: 1px solid var(--line-strong);
    border-radius: 62rem;
    background: transparent;
    font-weight: 550;
    font-size: 0.9375rem;
    line-height: 1.25;
    cursor: pointer;
    text-decoration: none;
    color: var(--ink);
    transition: background-color 120ms ease;
  }
  .button:hover { background: var(--hover); }
  .button.primary { background: var(--accent); border-color: transparent; color: var(--on-accent); }
  .button.primary:hover { background: var(--accent-hover); }
  .button.quiet { border-color: transparent; color: var(--accent); }
  .button.small { min-block-size: 2rem; padding: 0.25rem 0.75rem; font-size: var(--small); }
  .button[disabled] { opacity: 0.5; cursor: default; }
  .icon {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    min-inline-size: 2.5rem;
    min-block-size: 2.5rem;
    padding: 0;
    border: 0;
    border-radius: 62rem;
    background: transparent;
    color: var(--ink-soft);
    cursor: pointer;
    transition: background-color 120ms ease, color 120ms ease;
  }
  .icon:hover { background: var(--hover); color: var(--ink); }
  .field { display: grid; gap: 0.375rem; }
  .field > label, .field > .label { font-size: var(--small); font-weight: 550; color: var(--ink-soft); }
  .input {
    inline-size: 100%;
    min-block-size: 2.75rem;
    padding: 0.5rem 0.875rem;
    border: 1px solid var(--line-strong);
    border-radius: var(--radius);
    background: var(--surface);
  }
  .input:focus-visible { outline-offset: 0; border-color: transparent; border-radius: var(--radius); }
  .alert {
    padding: 0.625rem 0.875rem;
    border-radius: var(--radius);
    background: var(--danger-soft);
    color: var(--danger);
    font-size: 0.9375rem;
  }
  .tag {
    display: inline-block;
    padding: 0.0625rem 0.5rem;
    border-radius: 62rem;
    background: var(--warn-soft);
    color: var(--warn-ink);
    font-size: var(--tiny);
    font-weight: 550;
  }
  .spinner {
    inline-size: 1.5rem;
    block-size: 1.5rem;
    border: 0.1875rem solid var(--line);
    border-block-start-color: var(--accent);
    border-radius: 50%;
    animation: turn 0.9s linear infinite;
  }
  @keyframes turn { to { transform: rotate(1turn); } }
  @media (prefers-reduced-motion: reduce) {
    *, *::before, *::after { animation-duration: 1ms !important; animation-iteration-count: 1 !important; transition: none !important; scroll-behavior: auto !important; }
  }
  @media (forced-colors: active) {
    .button, .icon { border: 1px solid ButtonBorder; }
  }
`;
