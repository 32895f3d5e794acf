// Times as people say them. All formatters are made once.
import {language, texts} from './texts.js';

// The words are English; days and hours follow the habits of the reader's own region.
const region = navigator.language?.startsWith(language) ? navigator.language : `${language}-GB`;
const clock = new Intl.DateTimeFormat(region, {hour: '2-digit', minute: '2-digit'});
const weekday = new Intl.DateTimeFormat(region, {weekday: 'short'});
const day = new Intl.DateTimeFormat(region, {day: 'numeric', month: 'short'});
const dayOfYear = new Intl.DateTimeFormat(region, {day: 'numeric', month: 'short', year: 'numeric'});
const longDay = new Intl.DateTimeFormat(region, {weekday: 'long', day: 'numeric', month: 'long'});
const longDayOfYear = new Intl.DateTimeFormat(region, {weekday: 'long', day: 'numeric', month: 'long', year: 'numeric'});
const full = new Intl.DateTimeFormat(region, {dateStyle: 'full', timeStyle: 'short'});

const startOfDay = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
const daysAgo = (date, now) => Math.round((startOfDay(now) - startOfDay(date)) / 86_400_000);

/** A key that is equal for two times of one calendar day here. */
export const dayKey = (iso) => startOfDay(new Date(iso));

export const timeOfDay = (iso) => clock.format(new Date(iso));

export const fullTime = (iso) => full.format(new Date(iso));

/** For a list: the hour today, the weekday this week, else the date. */
export function shortTime(iso, now = new Date()) {
  const date = new Date(iso);
  const ago = daysAgo(date, now);
  if (ago <= 0) {
    return clock.format(date);
  }
  if (ago === 1) {
    return texts.time.yesterday;
  }
  if (ago < 7) {
    return weekday.format(date);
  }
  return date.getFullYear() === now.getFullYear() ? day.format(date) : dayOfYear.format(date);
}

/** For a separator between days. */
export function dayName(iso, now = new Date()) {
  const date = new Date(iso);
  const ago = daysAgo(date, now);
  if (ago === 0) {
    return texts.time.today;
  }
  if (ago === 1) {
    return texts.time.yesterday;
  }
  return date.getFullYear() === now.getFullYear() ? longDay.format(date) : longDayOfYear.format(date);
}
