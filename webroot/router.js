// Where the page is, kept in the fragment of the address so that the browser's own back and forward work:
//   #/FOLDER   #/FOLDER/THREAD   #/new   #/settings

export const href = {
  folder: (folder) => `#/${encodeURIComponent(folder)}`,
  thread: (folder, thread) => `#/${encodeURIComponent(folder)}/${encodeURIComponent(thread)}`,
  compose: '#/new',
  settings: '#/settings',
};

export function parse(fragment) {
  const [first = '', second = ''] = fragment.replace(/^#\/?/, '').split('/').map(safeDecode);
  if (first === 'new' || first === 'settings') {
    return {folder: null, thread: null, page: first};
  }
  return {folder: first || 'inbox', thread: second || null, page: null};
}

function safeDecode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}

export const go = (address, replace = false) => {
  if (replace) {
    history.replaceState(history.state, '', address);
    dispatchEvent(new HashChangeEvent('hashchange'));
  } else {
    location.hash = address;
  }
};
