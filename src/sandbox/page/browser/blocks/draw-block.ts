import type { Json } from '../../wire.ts';
import { h } from '../dom.ts';
import { drawElement } from '../fields/draw-element.ts';
import { isJson, listOf, textOf, wordsOf } from '../json.ts';
import { drawInput } from './input.ts';
import { mrkdwn } from './mrkdwn.ts';
import { drawPlan, drawTask } from './plan.ts';
import { drawRichText } from './rich-text.ts';
import type { Scene } from './scene.ts';
import { drawTable } from './table.ts';
import { drawText } from './text.ts';

type Draw = (block: Json, scene: Scene) => HTMLElement;

const BLOCKS: Readonly<Record<string, Draw>> = {
  header: (block) => h('h3', { class: 'block-header' }, wordsOf(block['text'])),
  divider: () => h('hr', { class: 'block-divider' }),
  section: drawSection,
  context: (block) =>
    h('div', { class: 'block-context' }, ...listOf(block['elements']).map(drawContextElement)),
  actions: drawActions,
  context_actions: drawActions,
  input: drawInput,
  image: drawImage,
  markdown: (block) => h('div', { class: 'block-text' }, mrkdwn(textOf(block['text']))),
  alert: drawAlert,
  plan: drawPlan,
  task_card: (block) => h('ul', { class: 'plan-tasks' }, drawTask(block)),
  rich_text: drawRichText,
  table: drawTable,
  data_table: drawTable,
  card: drawCard,
  carousel: (block, scene) =>
    h('div', { class: 'block-carousel' }, ...drawAll(block['elements'], scene)),
  container: (block, scene) =>
    h(
      'div',
      { class: 'block-container' },
      h('strong', {}, wordsOf(block['title'])),
      ...drawAll(block['child_blocks'], scene),
    ),
};

/** One block of a message, a modal or the Home tab. */
export function drawBlock(block: Json, scene: Scene): HTMLElement {
  const type = textOf(block['type']);
  const draw = BLOCKS[type];
  if (draw !== undefined) return draw(block, scene);
  return h('p', { class: 'unknown' }, `A block of the type “${type}” is not drawn here.`);
}

function drawAll(blocks: unknown, scene: Scene): HTMLElement[] {
  return listOf(blocks).map((block) => drawBlock(block, scene));
}

function drawSection(block: Json, scene: Scene): HTMLElement {
  const { accessory } = block;
  const fields = listOf(block['fields']);
  return h(
    'div',
    { class: 'block-section' },
    h(
      'div',
      { class: 'block-text' },
      isJson(block['text']) && drawText(block['text']),
      fields.length > 0 &&
        h(
          'div',
          { class: 'block-fields' },
          ...fields.map((field) => h('div', {}, drawText(field))),
        ),
    ),
    isJson(accessory) && h('div', { class: 'accessory' }, placed(accessory, block, scene)),
  );
}

function drawActions(block: Json, scene: Scene): HTMLElement {
  const elements = listOf(block['elements']);
  return h(
    'div',
    { class: 'block-actions' },
    ...elements.map((element) => placed(element, block, scene)),
  );
}

function placed(element: Json, block: Json, scene: Scene): HTMLElement {
  return drawElement({ element, block: textOf(block['block_id']), scene, dispatches: true });
}

function drawContextElement(element: Json): HTMLElement {
  if (element['type'] === 'image') return drawImage(element);
  return h('span', {}, drawText(element));
}

/** Pictures from elsewhere are not loaded: nothing here leaves this machine. */
function drawImage(block: Json): HTMLElement {
  return h('span', { class: 'picture', role: 'img' }, textOf(block['alt_text']));
}

function drawAlert(block: Json): HTMLElement {
  const level = textOf(block['level']) || 'info';
  return h('div', { class: `block-alert ${level}`, role: 'note' }, drawText(block['text']));
}

function drawCard(block: Json, scene: Scene): HTMLElement {
  const [title, subtitle, body] = ['title', 'subtitle', 'body'].map((key) => block[key]);
  return h(
    'div',
    { class: 'block-card' },
    isJson(title) && h('strong', {}, drawText(title)),
    isJson(subtitle) && h('div', { class: 'quiet' }, drawText(subtitle)),
    isJson(body) && h('div', {}, drawText(body)),
    Array.isArray(block['actions']) && drawActions({ ...block, elements: block['actions'] }, scene),
  );
}
