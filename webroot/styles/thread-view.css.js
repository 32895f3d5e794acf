import {css} from 'lit';

export const threadViewStyles = css`
  :host { display: block; block-size: 100%; min-inline-size: 0; }
  .scroll { display: flex; flex-direction: column; block-size: 100%; overflow-y: auto; overflow-x: hidden; scroll-padding-block: 4.5rem 8rem; }
  .scroll.held { overflow-anchor: none; }
  .content { flex: 1 0 auto; display: flex; flex-direction: column; min-inline-size: 0; }
  header {
    position: sticky;
    z-index: 20;
    inset-block-start: 0;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 0.75rem;
    padding: 0.625rem 1.25rem;
    background: var(--surface);
    border-block-end: 1px solid var(--line);
    --avatar: 2.5rem;
  }
  .back { display: none; text-decoration: none; }
  .title { flex: 1 1 5rem; min-inline-size: 0; }
  h1 { font-size: 1.0625rem; font-weight: 650; letter-spacing: -0.01em; line-height: 1.3; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; text-align: start; }
  .title p { font-size: var(--small); color: var(--ink-soft); line-height: 1.3; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .actions { display: flex; align-items: center; }
  .log { flex: 1 1 auto; inline-size: 100%; max-inline-size: 54rem; margin-inline: auto; padding: 0.5rem 1.25rem 0.25rem; display: flex; flex-direction: column; justify-content: flex-end; }
  .log:focus-visible { outline-offset: -0.25rem; }
  .message { border-radius: 1rem; min-inline-size: 0; }
  .message:focus-visible { outline-offset: 0.125rem; border-radius: 1rem; }
  .day { display: flex; align-items: center; gap: 1rem; margin-block: 1.5rem 0.625rem; font-size: var(--small); font-weight: 600; color: var(--ink-soft); }
  .day::before, .day::after { content: ""; flex: 1; border-block-start: 1px solid var(--line); }
  .unread { display: flex; align-items: center; gap: 0.75rem; margin-block: 0.875rem 0.25rem; font-size: var(--tiny); font-weight: 700; color: var(--accent); }
  .unread::before { content: ""; flex: 1; border-block-start: 0.125rem solid color-mix(in oklab, var(--accent) 55%, transparent); }
  .unread > span:first-child { padding: 0.0625rem 0.625rem; border-radius: 62rem; background: var(--accent); color: var(--on-accent); }
  .subject { margin-block: 1.125rem 0.125rem; font-size: 1.0625rem; font-weight: 650; letter-spacing: -0.01em; line-height: 1.35; overflow-wrap: anywhere; text-align: start; }
  .older { padding: 1rem 1.25rem 0; text-align: center; }
  .start { font-size: var(--small); color: var(--ink-soft); }
  .note { display: grid; justify-items: center; gap: 1rem; padding: 3rem 1.5rem; color: var(--ink-soft); text-align: center; }
  .typing { inline-size: 100%; max-inline-size: 54rem; min-block-size: 1.5rem; margin-inline: auto; padding: 0 1.75rem; font-size: var(--small); color: var(--ink-soft); }
  .request { display: grid; gap: 0.5rem; inline-size: calc(100% - 2.5rem); max-inline-size: 51.5rem; margin: 1.25rem auto 0; padding: 1.125rem 1.25rem; border-radius: 1rem; background: var(--warn-soft); color: var(--warn-ink); }
  .request h2 { font-size: 1.0625rem; font-weight: 650; }
  .request .why { font-weight: 600; }
  .request .hint { font-size: var(--small); }
  .request .button:not(.primary) { color: inherit; border-color: currentColor; }
  .choices { display: flex; flex-wrap: wrap; gap: 0.625rem; padding-block-start: 0.375rem; }
  .dock { position: sticky; z-index: 15; inset-block-end: 0; background: var(--surface); }
  .dock composer-box { display: block; inline-size: 100%; max-inline-size: 54rem; margin-inline: auto; padding: 0.25rem 1.25rem 1rem; }
  .pill { position: absolute; inset-block-end: calc(100% + 0.625rem); inset-inline: 0; inline-size: max-content; margin-inline: auto; min-block-size: 2.25rem; box-shadow: var(--shadow); }
  @container (width < 72rem) {
    header { padding-inline: 1rem; }
    .log, .dock composer-box { padding-inline: 1rem; }
  }
  @container (width < 48rem) {
    header { padding-inline: 0.5rem; gap: 0.5rem; }
    .back { display: inline-flex; }
    channel-switch { flex: 1 1 100%; order: 5; }
    .title { flex: 1 1 0; }
    .log, .dock composer-box { padding-inline: 0.75rem; }
    .dock composer-box { padding-block-end: 0.75rem; }
    .request { inline-size: calc(100% - 1.5rem); }
  }
  @container (width < 24rem) {
    header person-avatar { display: none; }
    .title { flex: 1 1 4rem; }
  }
  /* Little height, as with high zoom: nothing stays in the way, everything scrolls. */
  @container (height < 30rem) {
    header, .dock { position: static; }
    .pill { position: fixed; inset-block-end: 0.75rem; }
    .scroll { scroll-padding-block: 0.5rem; }
  }
`;
