import { h } from './dom.ts';

const STAYS_MS = 7000;
const shelf = h('div', { class: 'notices', role: 'status', 'aria-live': 'polite' });

/** Says something in a corner for a while; screen readers read it out. */
export function notify(text: string, tone: 'good' | 'bad'): void {
  // A modal dialog hides everything that is outside of it, so the notice goes into the top one.
  const host = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
  if (shelf.parentElement !== host) host.append(shelf);
  const notice = h('p', { class: `notice ${tone}` }, text);
  shelf.append(notice);
  setTimeout(() => notice.remove(), STAYS_MS);
}
