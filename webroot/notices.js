// Words to the reader: what was done and can be undone, and what went wrong.
import {Problem} from './api.js';
import {store} from './store.js';
import {texts} from './texts.js';

const MOST_TOASTS = 3;

export const message = (problem) =>
  problem.unreachable ? texts.error.offline
    : problem.status === 507 ? texts.error.quota
    : problem.status === 503 ? problem.detail || texts.error.busy
    : problem.detail || texts.error.generic;

let nextToast = 1;

/** @param undoSeq when given, the toast offers to undo the entry of that seq */
export function toast(text, undoSeq = null) {
  const id = nextToast++;
  store.set((state) => ({toasts: [...state.toasts, {id, text, undoSeq}].slice(-MOST_TOASTS)}));
}

export const dismissToast = (id) => store.set((state) => ({toasts: state.toasts.filter((known) => known.id !== id)}));

export const announce = (text) => store.set({announcement: text});

/** Carries out one action; a refusal is told in words. */
export async function act(action) {
  try {
    return await action();
  } catch (problem) {
    if (!(problem instanceof Problem)) {
      throw problem;
    }
    toast(message(problem));
    return null;
  }
}
