// How tall an HTML mail is. Its frame has no origin, so nobody can ask it; instead its text is laid out here once more, out of
// sight, in bare elements of our own: no attribute, style, image or link of the mail is taken over, only words and structure.

const BLOCKS = new Set(['ADDRESS', 'ARTICLE', 'ASIDE', 'BLOCKQUOTE', 'DD', 'DIV', 'DL', 'DT', 'FIGURE', 'FOOTER', 'H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'HEADER', 'LI', 'MAIN', 'NAV', 'OL', 'P', 'PRE', 'SECTION', 'TABLE', 'TBODY', 'TD', 'TFOOT', 'TH', 'THEAD', 'TR', 'UL', 'CENTER']);
const MOST_NODES = 20_000;
const SLACK = 24;
const SHORTEST = 48;
const TALLEST = 20_000;

const parsed = new Map();
const heights = new Map();
const MOST_KEPT = 64;

function keep(map, key, value) {
  map.set(key, value);
  if (map.size > MOST_KEPT) {
    map.delete(map.keys().next().value);
  }
  return value;
}

/** An inert document: a parser without a window runs nothing and loads nothing. Styles are renamed, so that no policy is asked about them. */
const parse = (body) => parsed.get(body) ?? keep(parsed, body, new DOMParser().parseFromString(body.replace(/\sstyle\s*=/gi, ' data-style='), 'text/html'));

/** How many images of the mail lie on other servers; the server marks those that it blocked. */
export const remoteImages = (body) => parse(body).querySelectorAll('img[data-blocked]').length;

/** Whether a mail brings colours of its own, which were chosen for white paper. */
export const hasColours = (body) => /\b(bgcolor|background(-color)?|color)\s*[=:]/i.test(body);

export function frameHeight(body, width, images) {
  const key = `${width}|${Boolean(images)}|${body}`;
  return heights.get(key) ?? keep(heights, key, measure(body, width, images));
}

function measure(body, width, images) {
  const probe = document.createElement('div');
  probe.setAttribute('aria-hidden', 'true');
  probe.style.cssText = `position:absolute;visibility:hidden;inset-block-start:-99999px;inline-size:${width}px;font:15px/1.55 system-ui,sans-serif;overflow-wrap:anywhere;contain:layout`;
  let nodes = 0;
  const copy = (from, to) => {
    for (const child of from.childNodes) {
      if (++nodes > MOST_NODES) {
        return;
      }
      if (child.nodeType === Node.TEXT_NODE) {
        to.append(child.data);
      } else if (child.nodeType === Node.ELEMENT_NODE) {
        if (child.tagName === 'BR' || child.tagName === 'HR') {
          to.append(document.createElement(child.tagName));
        } else if (child.tagName === 'IMG') {
          to.append(placeholder(child, images));
        } else if (child.tagName === 'STYLE' || child.tagName === 'SCRIPT' || child.tagName === 'TITLE') {
          continue;
        } else {
          const like = document.createElement(BLOCKS.has(child.tagName) ? child.tagName : 'span');
          const padding = paddingOf(child);
          if (padding) {
            like.style.paddingBlock = `${padding}px`;
          }
          to.append(like);
          copy(child, like);
        }
      }
    }
  };
  copy(parse(body).body, probe);
  document.body.append(probe);
  const height = probe.scrollHeight;
  probe.remove();
  return Math.min(TALLEST, Math.max(SHORTEST, Math.ceil(height) + SLACK));
}

function paddingOf(element) {
  const style = element.getAttribute('data-style') ?? '';
  const match = /padding(?:-top|-bottom)?\s*:\s*(\d{1,3})px/i.exec(style);
  return Math.min(80, Number(match?.[1] ?? element.getAttribute('cellpadding') ?? 0));
}

function placeholder(image, images) {
  const box = document.createElement('span');
  // A blocked image is a strip of 2.5em, whatever it says.
  const height = images ? Math.min(1200, Number.parseInt(image.getAttribute('height') ?? '', 10) || 120) : 40;
  box.style.cssText = `display:inline-block;inline-size:100%;block-size:${height}px`;
  return box;
}
