import { h } from '../dom.ts';
import { part } from '../state.ts';

/** A person's initials on their colour; decoration, so screen readers leave it out. */
export function drawAvatar(name: string, id: string): HTMLElement {
  const initials = name
    .split(' ')
    .map((word) => word.charAt(0).toUpperCase())
    .slice(0, 2)
    .join('');
  return h('span', { class: `avatar tint-${tintOf(id)}`, 'aria-hidden': 'true' }, initials);
}

const TINTS = 8;

function tintOf(id: string): number {
  const at = part('workspace')?.people.findIndex((one) => one.id === id) ?? 0;
  return Math.max(0, at) % TINTS;
}
