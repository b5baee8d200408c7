import type { Spot } from '../wire.ts';

/** What the page shows, and as whom; the address bar holds it, so Back works and links can be kept. */
export interface Place {
  readonly person: string;
  readonly view: 'start' | 'channel' | 'direct' | 'home' | 'board' | 'trouble';
  /** The channel or board. */
  readonly id: string;
  /** The thread's root, or the board's entry. */
  readonly detail: string;
}

const FIRST: Place = { person: 'U0REQUESTER', view: 'start', id: '', detail: '' };
const VIEWS: readonly string[] = ['start', 'channel', 'direct', 'home', 'board', 'trouble'];

export function here(): Place {
  const [, person = '', view = '', id = '', detail = ''] = location.hash
    .split('/')
    .map((part) => decodeURIComponent(part));
  if (person === '' || !VIEWS.includes(view)) return FIRST;
  return { person, view: view as Place['view'], id, detail };
}

/** The link to a place; what is left out stays as it is here, but for the detail. */
export function linkTo(place: Partial<Place>): string {
  const { person, view, id } = here();
  const whole = { person, view, id, detail: '', ...place };
  const parts = [whole.person, whole.view, whole.id, whole.detail].map(encodeURIComponent);
  return `#/${parts.join('/')}`.replace(/\/+$/, '');
}

export function go(place: Partial<Place>): void {
  location.hash = linkTo(place);
}

export function placeOf(spot: Spot): Partial<Place> {
  if (spot.to === 'home') return { view: 'home', id: '' };
  if (spot.to === 'channel') {
    return { view: 'channel', id: spot.channel, detail: spot.thread ?? '' };
  }
  return { view: 'board', id: spot.board, detail: spot.entry ?? '' };
}
