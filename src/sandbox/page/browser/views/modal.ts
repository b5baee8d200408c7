import type { FieldValue, Json, OpenView } from '../../wire.ts';
import { ask, settled } from '../ask.ts';
import { drawBlock } from '../blocks/draw-block.ts';
import type { Scene } from '../blocks/scene.ts';
import { h } from '../dom.ts';
import { syncAll } from '../fields/sync.ts';
import { isJson, textOf } from '../json.ts';
import { keep } from '../keep.ts';
import { helpWithForm } from './guide.ts';

const title = h('h2', { id: 'modal-title', tabindex: -1 });
const body = h('div', { class: 'dialog-body' });
const close = h('button', { type: 'button', class: 'button plain' });
const submit = h('button', { type: 'submit', class: 'button primary' });
const cross = h('button', { type: 'button', class: 'cross', 'aria-label': 'Close all' }, '×');
const help = h('div', { class: 'dialog-help' });
const form = h(
  'form',
  { novalidate: true },
  h('div', { class: 'dialog-head' }, title, cross),
  body,
  h('div', { class: 'dialog-foot' }, help, close, submit),
);
const dialog = h('dialog', { class: 'dialog modal', 'aria-labelledby': 'modal-title' }, form);
let shown = '';

/** Puts the dialog into the page, once. */
export function mountModal(): void {
  document.body.append(dialog);
  cross.addEventListener('click', () => void ask({ do: 'close', all: true }));
  close.addEventListener('click', () => void ask({ do: 'close', all: false }));
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    void ask({ do: 'close', all: false });
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send();
  });
}

/** Shows the modal in front; the same modal is changed in place, so that typing goes on. */
export function showModal(view: OpenView | null): void {
  if (view === null) {
    if (dialog.open) dialog.close();
    shown = '';
    return;
  }
  if (view.id !== shown) body.replaceChildren();
  title.textContent = view.title;
  close.textContent = view.below > 0 ? 'Back' : view.close;
  submit.hidden = view.submit === null;
  submit.textContent = view.submit ?? '';
  keep(help, helpWithForm());
  const scene: Scene = { at: { on: 'modal' }, values: view.values, errors: view.errors };
  keep(
    body,
    view.blocks.map((block) => ({
      key: `${view.id} ${textOf(block['block_id'])}`,
      signature: signatureOf(block, view.errors),
      draw: () => drawBlock(block, scene),
    })),
  );
  syncAll(body, view.values);
  if (!dialog.open) dialog.showModal();
  if (view.id !== shown) focusFirst();
  shown = view.id;
}

/** What a block looks like; what its field holds is not part of it. */
function signatureOf(block: Json, errors: OpenView['errors']): string {
  const { element } = block;
  const lasting = isJson(element)
    ? Object.fromEntries(Object.entries(element).filter(([key]) => !key.startsWith('initial_')))
    : element;
  return JSON.stringify([{ ...block, element: lasting }, errors[textOf(block['block_id'])]]);
}

function focusFirst(): void {
  const first = body.querySelector<HTMLElement>('input, textarea, button, a');
  (first ?? title).focus();
}

async function send(): Promise<void> {
  if (submit.ariaBusy === 'true') return;
  submit.ariaBusy = 'true';
  // What was asked before may still change what the fields hold.
  await settled();
  const outcome = await ask<string>({ do: 'submit', values: typedValues() });
  submit.ariaBusy = null;
  // The errors arrive with the next news; the first field that is wrong gets the focus.
  if (outcome === 'errors') setTimeout(focusWrong, 200);
}

function typedValues(): readonly FieldValue[] {
  // Everything else is held by the workspace already, and may be newer there than here.
  const fields = body.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('[data-unsent]');
  return [...fields].map((field) => {
    delete field.dataset['unsent'];
    const { block = '', action = '' } = field.dataset;
    return { block, action, value: field.value === '' ? null : field.value };
  });
}

function focusWrong(): void {
  body.querySelector<HTMLElement>('.input.wrong :is(input, textarea)')?.focus();
}
