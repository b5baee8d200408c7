import type { MessageView } from '../../wire.ts';
import { h } from '../dom.ts';
import { keep } from '../keep.ts';
import { linkTo } from '../place.ts';
import { messages, part } from '../state.ts';
import { createComposer } from './composer.ts';
import { isShown, messagePart } from './message.ts';

interface View {
  readonly element: HTMLElement;
  show(id: string): void;
}

/** A channel or a direct conversation: its messages, and where to type the command. */
export function createChannelView(): View {
  const head = h('h1', { tabindex: -1 });
  const about = h('p', { class: 'quiet' });
  const list = h('div', { class: 'messages', role: 'log', 'aria-label': 'Messages' });
  const none = h('p', { class: 'none' }, 'No messages yet. Type / below to begin.');
  const composer = createComposer();
  const element = h(
    'div',
    { class: 'conversation' },
    h('header', { class: 'pane-head' }, head, about),
    h('div', { class: 'scroller', tabindex: 0, 'aria-label': 'Messages' }, none, list),
    composer.element,
  );
  let last = '';

  return {
    element,
    show(id) {
      const channel = part('workspace')?.channels.find((one) => one.id === id);
      head.textContent = channel === undefined ? 'Messages from the app' : `# ${channel.name}`;
      about.textContent =
        channel === undefined
          ? 'Only you and the app see these.'
          : 'Where requests are decided and followed.';
      const top = messages().filter(
        (one) => one.channel === id && one.threadTs === null && isShown(one),
      );
      none.hidden = top.length > 0;
      keep(
        list,
        top.map((message) =>
          messagePart({ message, replies: channel === undefined ? null : repliesTo(message) }),
        ),
      );
      composer.useIn(id);
      const newest = `${id} ${top.at(-1)?.ts ?? ''}`;
      if (newest !== last) list.lastElementChild?.scrollIntoView({ block: 'end' });
      last = newest;
    },
  };
}

function repliesTo({ channel, ts }: MessageView): number {
  return messages().filter(
    (one) => one.channel === channel && one.threadTs === ts && !one.ephemeral,
  ).length;
}

interface Thread {
  readonly element: HTMLElement;
  show(channel: string, ts: string): void;
}

/** The thread beside a channel. */
export function createThreadView(): Thread {
  const back = h('a', { class: 'cross', 'aria-label': 'Close the thread', href: '#' }, '×');
  const list = h('div', { class: 'messages', role: 'log', 'aria-label': 'Thread' });
  const scroller = h('div', { class: 'scroller', tabindex: 0, 'aria-label': 'Thread' }, list);
  const element = h(
    'aside',
    { class: 'thread', 'aria-label': 'Thread' },
    h('header', { class: 'pane-head with-cross' }, h('h2', {}, 'Thread'), back),
    scroller,
  );
  return {
    element,
    show(channel, ts) {
      back.setAttribute('href', linkTo({ view: 'channel', id: channel }));
      const shown = messages().filter(
        (one) => one.channel === channel && (one.ts === ts || one.threadTs === ts) && isShown(one),
      );
      const wasAtEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;
      const count = list.children.length;
      keep(
        list,
        shown.map((message) => messagePart({ message, replies: null })),
      );
      // Follow what comes, unless the person has scrolled up to read.
      if (list.children.length > count && wasAtEnd && count > 0) {
        list.lastElementChild?.scrollIntoView({ block: 'nearest' });
      }
    },
  };
}
