import type { Json, Wanted } from '../../wire.ts';
import { ask } from '../ask.ts';
import type { Placed } from '../blocks/scene.ts';
import { freshId } from '../dom.ts';
import { isJson, listOf, textOf, wordsOf } from '../json.ts';
import { part } from '../state.ts';
import { createCombobox } from './combobox.ts';
import type { Option } from './combobox.ts';
import { synced } from './sync.ts';

/** Every kind of select: own list, searched by the app, people or channels; one value or several. */
export function drawSelect(placed: Placed): HTMLElement {
  const { element, block, scene, labelledBy, describedBy, invalid } = placed;
  const type = textOf(element['type']);
  const multiple = type.startsWith('multi_');
  const action = textOf(element['action_id']);
  const combobox = createCombobox({
    multiple,
    id: placed.fieldId ?? freshId('combobox'),
    labelledBy: labelledBy ?? null,
    label: wordsOf(element['placeholder']) || 'Choose',
    describedBy: describedBy || null,
    invalid: invalid === true,
    placeholder: wordsOf(element['placeholder']),
    focusKey: `${block}|${action}`,
    search: searchIn(placed),
    changed(chosen) {
      const values = chosen.map(({ value }) => value);
      const value: Wanted = multiple ? values : (values[0] ?? null);
      void ask({ do: 'choose', at: scene.at, block, action, value });
    },
  });
  const show = (value: Json | undefined): void => combobox.show(chosenIn(value));
  show(scene.values[block]?.[action]);
  synced(combobox.element, block, action, show);
  return combobox.element;
}

function searchIn(placed: Placed): (typed: string) => Promise<readonly Option[]> {
  const { element, block, scene } = placed;
  const kind = textOf(element['type']).replace('multi_', '');
  const action = textOf(element['action_id']);
  if (kind === 'external_select') {
    return async (typed) => {
      const found = await ask({ do: 'suggest', at: scene.at, block, action, typed });
      return listOf(found).map(optionOf);
    };
  }
  const all = (): readonly Option[] => {
    if (kind === 'users_select') return people();
    if (kind === 'static_select') return optionsOf(element);
    return (part('workspace')?.channels ?? []).map(({ id, name }) => ({
      value: id,
      label: `#${name}`,
      hint: '',
    }));
  };
  return (typed) => Promise.resolve(all().filter((option) => fits(option, typed)));
}

function fits({ label, hint }: Option, typed: string): boolean {
  return `${label} ${hint}`.toLowerCase().includes(typed.trim().toLowerCase());
}

function people(): readonly Option[] {
  const all = part('workspace')?.people.filter(({ bot }) => !bot) ?? [];
  return all.map(({ id, name, part: hint }) => ({ value: id, label: name, hint }));
}

function optionsOf(element: Json): readonly Option[] {
  const groups = listOf(element['option_groups']).flatMap((group) => listOf(group['options']));
  return [...listOf(element['options']), ...groups].map(optionOf);
}

function optionOf(option: Json): Option {
  return {
    value: textOf(option['value']),
    label: wordsOf(option['text']),
    hint: wordsOf(option['description']),
  };
}

function chosenIn(value: Json | undefined): readonly Option[] {
  if (value === undefined) return [];
  const one = value['selected_option'];
  const options = [...listOf(value['selected_options']), ...(isJson(one) ? [one] : [])];
  const ids = [
    value['selected_user'],
    value['selected_conversation'],
    value['selected_channel'],
    ...idsIn(value['selected_users']),
    ...idsIn(value['selected_conversations']),
    ...idsIn(value['selected_channels']),
  ].map(textOf);
  return [...options.map(optionOf), ...ids.filter((id) => id !== '').map(named)];
}

function idsIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function named(id: string): Option {
  const workspace = part('workspace');
  const person = workspace?.people.find((one) => one.id === id);
  const channel = workspace?.channels.find((one) => one.id === id);
  const label = person?.name ?? (channel === undefined ? id : `#${channel.name}`);
  return { value: id, label, hint: '' };
}
