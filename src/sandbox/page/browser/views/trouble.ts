import type { TroubleView } from '../../wire.ts';
import { ask } from '../ask.ts';
import { h } from '../dom.ts';
import { keep } from '../keep.ts';
import type { Kept } from '../keep.ts';
import { part } from '../state.ts';

interface View {
  readonly element: HTMLElement;
  show(): void;
}

/** Where a visitor breaks things to see that nothing is lost or made twice. */
export function createTroubleView(): View {
  const worker = h('div');
  const systems = h('div', { class: 'troubles' });
  const element = h(
    'div',
    { class: 'conversation' },
    h(
      'header',
      { class: 'pane-head' },
      h('h1', { tabindex: -1 }, 'Break something'),
      h(
        'p',
        { class: 'quiet' },
        'Break it in the middle of a request, watch its thread, then mend it: the request goes on where it stood.',
      ),
    ),
    h(
      'div',
      { class: 'scroller padded', tabindex: 0, 'aria-label': 'Break something' },
      worker,
      systems,
    ),
  );
  return {
    element,
    show() {
      const troubles = part('troubles');
      if (troubles === undefined) return;
      keep(worker, [workerPart(troubles.worker)]);
      keep(systems, troubles.systems.map(systemPart));
    },
  };
}

const STATES: Readonly<Record<TroubleView['worker']['state'], string>> = {
  working: 'working',
  killed: 'not running',
  starting: 'starting',
};

function workerPart(worker: TroubleView['worker']): Kept {
  const { state } = worker;
  const isUp = state === 'working';
  const label = isUp ? 'Kill the worker' : 'Start it again';
  return {
    key: 'worker',
    signature: JSON.stringify(worker),
    draw: () =>
      h(
        'section',
        { class: 'card' },
        h('h2', {}, 'The worker'),
        h(
          'p',
          {},
          'It runs the steps, in a process of its own: ',
          h('span', { class: isUp ? 'tone good' : 'tone bad' }, STATES[state]),
          '. Killed, it leaves everything as it is at that moment. A new one picks it up; a lock of the old one may make it wait for half a minute.',
        ),
        h(
          'button',
          {
            type: 'button',
            class: isUp ? 'button danger' : 'button primary',
            disabled: state === 'starting',
            'data-focus': 'worker',
            onclick: () => void ask({ do: 'worker', what: isUp ? 'kill' : 'start' }),
          },
          label,
        ),
      ),
  };
}

type System = TroubleView['systems'][number];

function systemPart(system: System): Kept {
  const { id, name, down, armed } = system;
  const words = down ? 'does not answer (503)' : armedWords(armed);
  const tone = down || armed > 0 ? 'tone bad' : 'tone good';
  return {
    key: id,
    signature: JSON.stringify(system),
    draw: () =>
      h(
        'section',
        { class: 'card trouble', 'aria-label': name },
        h('div', {}, h('h2', {}, name), h('p', { class: tone }, words)),
        h(
          'div',
          { class: 'block-actions' },
          down
            ? drawButton(system, 'mend', 'Mend it', 'primary')
            : drawButton(system, 'down', 'Take it down', 'danger'),
          drawButton(system, 'rate-limit', 'Rate-limit the next call', 'plain'),
          drawButton(system, 'lose-answer', 'Lose the next answer', 'plain'),
        ),
      ),
  };
}

function armedWords(armed: number): string {
  if (armed === 0) return 'works';
  return armed === 1 ? 'the next call meets a fault' : `the next ${armed} calls meet faults`;
}

type What = 'down' | 'mend' | 'rate-limit' | 'lose-answer';

function drawButton(system: System, what: What, label: string, style: string): HTMLElement {
  return h(
    'button',
    {
      type: 'button',
      class: `button ${style}`,
      'aria-label': `${label}: ${system.name}`,
      'data-focus': `${system.id} ${what === 'mend' ? 'down' : what}`,
      onclick: () => void ask({ do: 'trouble', system: system.id, what }),
    },
    label,
  );
}
