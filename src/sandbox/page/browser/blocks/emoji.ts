const SVG = 'http://www.w3.org/2000/svg';

interface Sign {
  readonly paths: readonly string[];
  readonly tone: 'good' | 'bad' | 'warn' | 'plain';
}

const RING = 'M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13';

// Drawn here, because not every machine has a font with emoji; on a grid of 16 by 16.
const SIGNS: Readonly<Record<string, Sign>> = {
  white_check_mark: { paths: [RING, 'M5 8.2l2.1 2.1L11 6'], tone: 'good' },
  heavy_check_mark: { paths: ['M3 8.5l3.2 3.2L13 4.5'], tone: 'good' },
  tada: { paths: ['M3 13l3-8 5 5zM10 3v2M13 6h-2M13 2l-2 2'], tone: 'good' },
  large_green_circle: { paths: [RING], tone: 'good' },
  x: { paths: [RING, 'M5.5 5.5l5 5M10.5 5.5l-5 5'], tone: 'bad' },
  no_entry: { paths: [RING, 'M4.5 8h7'], tone: 'bad' },
  red_circle: { paths: [RING], tone: 'bad' },
  rotating_light: { paths: ['M4 12V9a4 4 0 0 1 8 0v3M2.5 13.5h11M8 2v1.5'], tone: 'bad' },
  warning: { paths: ['M8 2L14.5 13.5h-13zM8 6.5v3.2M8 11.4v.4'], tone: 'warn' },
  hourglass: { paths: ['M4 2h8M4 14h8M5 2c0 4 6 8 6 12M11 2c0 4-6 8-6 12'], tone: 'warn' },
  hourglass_flowing_sand: {
    paths: ['M4 2h8M4 14h8M5 2c0 4 6 8 6 12M11 2c0 4-6 8-6 12'],
    tone: 'warn',
  },
  large_yellow_circle: { paths: [RING], tone: 'warn' },
  bell: { paths: ['M4 11V7a4 4 0 0 1 8 0v4l1 1.5H3zM7 14h2'], tone: 'warn' },
  white_circle: { paths: [RING], tone: 'plain' },
  lock: { paths: ['M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5'], tone: 'plain' },
  unlock: { paths: ['M3.5 7.5h9v6h-9zM5.5 7.5V4.5a2.5 2.5 0 0 1 4.8-.8'], tone: 'plain' },
  key: {
    paths: ['M7.5 8.5a3 3 0 1 1-4-4 3 3 0 0 1 4 4zM7.3 7.2L13 13M11 11l1.5-1.5'],
    tone: 'plain',
  },
  mag: { paths: ['M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9M10.3 10.3l3.5 3.5'], tone: 'plain' },
  bust_in_silhouette: {
    paths: ['M8 2.5a2.7 2.7 0 1 1 0 5.4a2.7 2.7 0 1 1 0-5.4M2.8 14a5.2 5.2 0 0 1 10.4 0z'],
    tone: 'plain',
  },
  busts_in_silhouette: {
    paths: [
      'M6 3a2.4 2.4 0 1 1 0 4.8a2.4 2.4 0 1 1 0-4.8M1.5 13.5a4.5 4.5 0 0 1 9 0zM11 3.5a2 2 0 0 1 0 4M12.5 13.5h2a4 4 0 0 0-3-3.8',
    ],
    tone: 'plain',
  },
  heavy_minus_sign: { paths: ['M3 8h10'], tone: 'plain' },
  leftwards_arrow_with_hook: {
    paths: ['M6.5 4L3 7.5 6.5 11M3 7.5h7a3 3 0 0 1 0 6H8'],
    tone: 'plain',
  },
  arrows_counterclockwise: {
    paths: ['M13 6A5.3 5.3 0 0 0 3.5 5M3 2v3.3h3.3M3 10a5.3 5.3 0 0 0 9.5 1M13 14v-3.3H9.7'],
    tone: 'plain',
  },
  calendar: { paths: ['M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2.5V5M10.5 2.5V5'], tone: 'plain' },
  clock3: { paths: [RING, 'M8 4.5V8h3'], tone: 'plain' },
  information_source: { paths: [RING, 'M8 7.3v3.6M8 4.9v.4'], tone: 'plain' },
  page_facing_up: { paths: ['M4 2h5.5L12 4.5V14H4zM6 8h4M6 11h4'], tone: 'plain' },
  memo: { paths: ['M4 2h5.5L12 4.5V14H4zM6 8h4M6 11h4'], tone: 'plain' },
  link: {
    paths: ['M6.5 9.5l3-3M7 4.5l1-1a3 3 0 0 1 4.3 4.3l-1 1M9 11.5l-1 1a3 3 0 0 1-4.3-4.3l1-1'],
    tone: 'plain',
  },
  wastebasket: { paths: ['M3 4.5h10M6 4.5V2.5h4v2M4.5 4.5l.6 9h5.8l.6-9'], tone: 'plain' },
  zap: { paths: ['M9 1.5L3.5 9H8l-1 5.5L12.5 7H8z'], tone: 'warn' },
};

/** The sign for `:name:`; undefined for a name that is not known here. */
export function emoji(name: string): Element | undefined {
  const sign = SIGNS[name];
  if (sign === undefined) return undefined;
  const picture = document.createElementNS(SVG, 'svg');
  picture.setAttribute('viewBox', '0 0 16 16');
  picture.setAttribute('class', `sign ${sign.tone}`);
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', name.replaceAll('_', ' '));
  for (const d of sign.paths) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', d);
    picture.append(path);
  }
  return picture;
}
