import {css} from 'lit';

export const composerStyles = css`
  form {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    border: 1px solid var(--line-strong);
    border-radius: 1.25rem;
    background: var(--raised);
    transition: border-color 120ms ease;
  }
  form:focus-within { border-color: var(--accent); box-shadow: 0 0 0 0.0625rem var(--accent); }
  form.over { border-style: dashed; border-color: var(--accent); background: var(--accent-soft); }
  .alert { margin: 0.5rem 0.5rem 0; }
  .subject { inline-size: 100%; min-block-size: 2.75rem; padding: 0.5rem 1.125rem; border: 0; border-block-end: 1px solid var(--line); background: none; font-weight: 600; border-radius: 1.25rem 1.25rem 0 0; text-align: start; }
  .subject:focus-visible, textarea:focus-visible { outline: none; }
  textarea {
    display: block;
    inline-size: 100%;
    min-block-size: 2.75rem;
    max-block-size: min(16rem, 40vh);
    padding: 0.625rem 1.125rem 0.25rem;
    border: 0;
    background: none;
    resize: none;
    line-height: 1.45;
    field-sizing: content;
    text-align: start;
    unicode-bidi: plaintext;
  }
  .mail textarea { min-block-size: 6rem; }
  ::placeholder { color: var(--ink-soft); opacity: 1; }
  .bar { display: flex; align-items: center; gap: 0.375rem; padding: 0.125rem 0.375rem 0.375rem; }
  .channels { display: flex; gap: 0.125rem; padding: 0.125rem; border-radius: 62rem; background: var(--sunken); }
  .channels label { position: relative; display: flex; align-items: center; gap: 0.375rem; min-block-size: 1.875rem; padding: 0.125rem 0.75rem 0.125rem 0.625rem; border-radius: 62rem; font-size: var(--small); font-weight: 550; color: var(--ink-soft); cursor: pointer; }
  .channels svg { inline-size: 1rem; block-size: 1rem; }
  .channels label:has(:checked) { background: var(--selected); color: var(--accent-ink); box-shadow: var(--shadow-small); }
  .channels label:has(:focus-visible) { outline: 0.15625rem solid var(--accent); }
  .channels input { position: absolute; inset: 0; margin: 0; opacity: 0; pointer-events: none; }
  .hint { flex: 1; min-inline-size: 0; padding-inline: 0.5rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: var(--tiny); color: var(--ink-soft); text-align: end; }
  .send { display: inline-flex; align-items: center; justify-content: center; flex: none; inline-size: 2.5rem; block-size: 2.5rem; margin-inline-start: auto; border: 0; border-radius: 50%; background: var(--accent); color: var(--on-accent); cursor: pointer; }
  .send:hover { background: var(--accent-hover); }
  .send:focus-visible { border-radius: 50%; }
  .files { display: flex; flex-wrap: wrap; gap: 0.375rem; padding: 0.25rem 0.75rem; }
  .files li { display: flex; align-items: center; gap: 0.375rem; max-inline-size: 100%; padding-inline-start: 0.625rem; border-radius: 62rem; background: var(--sunken); font-size: var(--small); }
  .files li.failed { color: var(--danger); }
  .files li > span:not(.spinner) { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-inline-size: 14rem; }
  .files .icon { min-inline-size: 2rem; min-block-size: 2rem; }
  .files svg { inline-size: 1rem; block-size: 1rem; }
  .files .spinner { inline-size: 1rem; block-size: 1rem; border-width: 0.125rem; }
  @container (width < 48rem) { .hint { visibility: hidden; inline-size: 0; padding: 0; flex-basis: 0; } }
  @container (height < 30rem) { .mail textarea { min-block-size: 2.75rem; } }
`;
