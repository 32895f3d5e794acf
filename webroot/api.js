// The HTTP API as functions. Knows nothing of the page; answers are the JSON bodies of the contract (/api/v1/openapi.yaml).

const ROOT = '/api/v1';

/** What the server refused or could not do: its problem details (RFC 9457), or status 0 when it was not reached. */
export class Problem extends Error {
  constructor(status, body = {}, retryAfterSeconds = 0) {
    super(body.detail || body.title || `HTTP ${status}`);
    this.status = status;
    this.type = body.type ?? '';
    this.detail = body.detail || body.title || '';
    this.field = body.field ?? '';
    this.retryAfterSeconds = retryAfterSeconds;
  }

  get unreachable() {
    return this.status === 0;
  }

  /** Worth another try with the same content: not reached, or the server says that it is not able to answer now. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status === 502 || this.status === 503 || this.status === 504;
  }
}

/** Called with no argument when the server says that there is no session. */
let onUnauthenticated = () => {};
export const whenUnauthenticated = (listener) => {
  onUnauthenticated = listener;
};

async function call(method, path, {query, json, body, type, signal} = {}) {
  const url = new URL(ROOT + path, location.origin);
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') {
      url.searchParams.set(name, value);
    }
  }
  const headers = {accept: 'application/json'};
  if (json !== undefined) {
    headers['content-type'] = 'application/json';
  } else if (type) {
    headers['content-type'] = type;
  }
  let response;
  try {
    response = await fetch(url, {
      method,
      headers,
      body: json !== undefined ? JSON.stringify(json) : body,
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
      signal,
    });
  } catch (e) {
    if (e.name === 'AbortError') {
      throw e;
    }
    throw new Problem(0);
  }
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  const answer = isJson ? await response.json().catch(() => ({})) : {};
  if (!response.ok) {
    if (response.status === 401 && path !== '/session') {
      onUnauthenticated();
    }
    throw new Problem(response.status, answer, Number(response.headers.get('retry-after') ?? 0));
  }
  return answer;
}

const id = encodeURIComponent;

export const api = {
  login: (user, password) => call('POST', '/session', {json: {user, password}}),
  whoAmI: () => call('GET', '/session'),
  logout: () => call('DELETE', '/session'),
  sessions: () => call('GET', '/sessions'),
  endSession: (session) => call('DELETE', `/sessions/${id(session)}`),

  threads: (query, signal) => call('GET', '/threads', {query, signal}),
  thread: (thread) => call('GET', `/threads/${id(thread)}`),
  messages: (thread, query, signal) => call('GET', `/threads/${id(thread)}/messages`, {query, signal}),
  message: (message) => call('GET', `/messages/${id(message)}`),
  send: (message) => call('POST', '/messages', {json: message}),
  retry: (message) => call('POST', `/messages/${id(message)}/retry`),
  edit: (message, number, text) => call('POST', `/messages/${id(message)}/edit`, {json: {number, text}}),
  setFlags: (message, flags) => call('PUT', `/messages/${id(message)}/flags`, {json: {flags}}),
  deleteMessage: (message) => call('DELETE', `/messages/${id(message)}`),

  read: (thread, upTo) => call('POST', `/threads/${id(thread)}/read`, {json: {upTo}}),
  unread: (thread, from) => call('POST', `/threads/${id(thread)}/unread`, {json: {from}}),
  move: (thread, from, to) => call('POST', `/threads/${id(thread)}/move`, {json: {from, to}}),
  threadSettings: (thread, settings) => call('POST', `/threads/${id(thread)}/settings`, {json: settings}),
  accept: (thread) => call('POST', `/threads/${id(thread)}/accept`),
  decline: (thread) => call('POST', `/threads/${id(thread)}/decline`),
  undo: (seq) => call('POST', '/undo', {json: {seq}}),

  drafts: () => call('GET', '/drafts'),
  saveDraft: (draft) => call('POST', '/drafts', {json: draft}),
  deleteDraft: (draft) => call('DELETE', `/drafts/${id(draft)}`),

  folders: () => call('GET', '/folders'),
  counts: () => call('GET', '/counts'),
  settings: () => call('GET', '/settings'),
  changeSettings: (change) => call('PUT', '/settings', {json: change}),

  welcome: () => call('GET', '/welcome'),
  welcomeKey: (neighbour) => call('POST', '/welcome/key', {json: {neighbour}}),
  welcomeMail: () => call('POST', '/welcome/mail'),

  upload: (file, signal) => call('POST', '/blobs', {body: file, type: file.type || 'application/octet-stream', signal}),
  blobUrl: (blob) => `${ROOT}/blobs/${id(blob)}`,
  rawUrl: (message) => `${ROOT}/messages/${id(message)}/raw`,
  htmlUrl: (message, images, scheme) => `${ROOT}/messages/${id(message)}/html?images=${images ? 'allowed' : 'blocked'}&scheme=${scheme}`,
  streamUrl: (since) => {
    const url = new URL(`${ROOT}/stream`, location.origin);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    if (since) {
      url.searchParams.set('since', since);
    }
    return url.href;
  },
};
