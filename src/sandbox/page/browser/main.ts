import { h } from './dom.ts';
import { keep } from './keep.ts';
import { here } from './place.ts';
import { onChange, part, tell, watchAs } from './state.ts';
import { createBoardView } from './views/board.ts';
import { createChannelView, createThreadView } from './views/channel.ts';
import { guideStrip } from './views/guide.ts';
import { createHomeView } from './views/home.ts';
import { mountModal, showModal } from './views/modal.ts';
import { createNavigation } from './views/navigation.ts';
import { createStartView } from './views/start.ts';
import { createTopBar } from './views/top-bar.ts';
import { createTroubleView } from './views/trouble.ts';

const topBar = createTopBar();
const navigation = createNavigation();
const start = createStartView();
const channel = createChannelView();
const thread = createThreadView();
const home = createHomeView();
const board = createBoardView();
const trouble = createTroubleView();

const strip = h('div', { class: 'strip-holder' });
const pane = h('div', { class: 'pane' });
const main = h('main', { id: 'main', class: 'main', tabindex: -1 }, pane);
const panes = h('div', { class: 'panes' }, main);
const content = h('div', { class: 'content' }, strip, panes);

function show(): void {
  const { person, view, id, detail } = here();
  topBar.show();
  navigation.show();
  keep(strip, view === 'start' ? [] : guideStrip(person));
  const shown = showView();
  if (pane.firstElementChild !== shown) pane.replaceChildren(shown);
  const hasThread = view === 'channel' && detail !== '';
  if (hasThread) {
    thread.show(id, detail);
    if (!thread.element.isConnected) main.after(thread.element);
  } else thread.element.remove();
  document.body.classList.toggle('with-thread', hasThread);
  showModal(part('modal') ?? null);
}

function showView(): HTMLElement {
  const { person, view, id, detail } = here();
  switch (view) {
    case 'start':
      start.show(person);
      return start.element;
    case 'channel':
      channel.show(id);
      return channel.element;
    case 'direct':
      channel.show(part('workspace')?.direct ?? '');
      return channel.element;
    case 'home':
      home.show();
      return home.element;
    case 'board':
      board.show(id, detail, person);
      return board.element;
    case 'trouble':
      trouble.show();
      return trouble.element;
  }
}

let watched = '';
let at = '';

function arrive(): void {
  const { person, view, id } = here();
  if (person !== watched) watchAs(person);
  const place = `${person} ${view} ${id}`;
  if (view === 'home' && place !== at) home.opened();
  const moved = at !== '' && place !== at;
  watched = person;
  at = place;
  tell();
  // Whoever goes somewhere by keyboard begins there, not at the top of the page.
  if (moved) pane.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
}

/** The address says where one is, so a link to a part of the page would lead away. */
function skip(event: Event): void {
  event.preventDefault();
  main.focus();
}

document.body.append(
  h('a', { class: 'skip', href: '#main', onclick: skip }, 'Skip to the content'),
  topBar.element,
  h('div', { class: 'frame' }, navigation.element, content),
);
mountModal();
onChange(show);
addEventListener('hashchange', arrive);
arrive();
