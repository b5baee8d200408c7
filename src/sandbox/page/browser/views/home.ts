import { ask } from '../ask.ts';
import { drawBlock } from '../blocks/draw-block.ts';
import { emoji } from '../blocks/emoji.ts';
import { h } from '../dom.ts';
import { textOf } from '../json.ts';
import { keep } from '../keep.ts';
import { part } from '../state.ts';

interface View {
  readonly element: HTMLElement;
  /** Tells the app that its Home tab was opened, as Slack does each time. */
  opened(): void;
  show(): void;
}

/** The app's Home tab. */
export function createHomeView(): View {
  const body = h('div', { class: 'blocks home-blocks' });
  const none = h('p', { class: 'none' }, 'The app has not published its Home tab yet.');
  const shortcuts = h('div', { class: 'block-actions' });
  const element = h(
    'div',
    { class: 'conversation' },
    h(
      'header',
      { class: 'pane-head' },
      h('h1', { tabindex: -1 }, 'App Home'),
      h('p', { class: 'quiet' }, 'What waits for you, and what you asked for.'),
    ),
    h(
      'div',
      { class: 'scroller padded', tabindex: 0, 'aria-label': 'App Home' },
      none,
      body,
      shortcuts,
    ),
  );
  return {
    element,
    opened: () => void ask({ do: 'open-home' }),
    show() {
      const home = part('home') ?? null;
      none.hidden = home !== null;
      keep(
        body,
        (home?.blocks ?? []).map((block, index) => ({
          key: String(index),
          signature: JSON.stringify(block),
          draw: () =>
            drawBlock(block, { at: { on: 'home' }, values: home?.values ?? {}, errors: {} }),
        })),
      );
      keep(
        shortcuts,
        (part('workspace')?.shortcuts ?? []).map(({ id, name }) => ({
          key: id,
          signature: textOf(name),
          draw: () =>
            h(
              'button',
              {
                type: 'button',
                class: 'button plain',
                onclick: () => void ask({ do: 'shortcut', id }),
              },
              emoji('zap') ?? null,
              name,
            ),
        })),
      );
    },
  };
}
