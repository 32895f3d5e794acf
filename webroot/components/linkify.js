import {html} from 'lit';

const LINK = /\b(?:https?:\/\/|www\.)[^\s<>"']+[^\s<>"'.,;:!?)\]}]|\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/giu;

/** Plain text with its addresses as links; a link's text is its address, so nothing is hidden behind it. */
export function linkify(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    parts.push(text.slice(end, match.index));
    const [found] = match;
    const target = found.includes('@') && !/^(https?:|www\.)/i.test(found) ? `mailto:${found}` : /^www\./i.test(found) ? `https://${found}` : found;
    parts.push(html`<a href=${target} target="_blank" rel="noopener noreferrer">${found}</a>`);
    end = match.index + found.length;
  }
  parts.push(text.slice(end));
  return parts;
}

/** Splits a mail into what its writer says and the quotation that trails it. */
export function splitQuotation(text) {
  const lines = text.replace(/\s+$/, '').split('\n');
  let start = lines.length;
  while (start > 0 && /^\s*(>.*)?$/.test(lines[start - 1])) {
    start--;
  }
  if (!lines.slice(start).some((line) => line.startsWith('>'))) {
    return [text, ''];
  }
  // "On Monday, Bob wrote:" belongs to the quotation.
  if (start > 0 && /:\s*$/.test(lines[start - 1])) {
    start--;
    if (start > 0 && lines[start - 1].trim() !== '' && lines[start].length < 40 && /^\s*\S.{10,}/.test(lines[start - 1]) && /^(on|am|le)\b/i.test(lines[start - 1])) {
      start--;
    }
  }
  const said = lines.slice(0, start).join('\n').trimEnd();
  return said ? [said, lines.slice(start).join('\n').trim()] : [text, ''];
}
