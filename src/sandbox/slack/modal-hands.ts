import { suggestions } from '../../slack/block-objects.ts';
import { actionValue, valueFor } from './choices.ts';
import type { Wanted } from './choices.ts';
import type { Courier, Delivery } from './courier.ts';
import { getField } from './fields.ts';
import type { Field, FieldName } from './fields.ts';
import { jsonList, wordsOf } from './json.ts';
import type { Json } from './json.ts';
import { replaceView, setStack } from './modals.ts';
import { actionPayload, closedPayload, suggestionPayload } from './payloads.ts';
import type { Place } from './payloads.ts';
import { submitView } from './submission.ts';
import type { Submission } from './submission.ts';
import type { Message, Person, StoredView, World } from './world.ts';

export interface ActorDeps {
  readonly world: World;
  readonly courier: Courier;
  readonly waitFor: <T>(look: () => T | undefined, what: string) => Promise<T>;
}

interface ChoiceOptions {
  readonly message?: Message;
  readonly on?: 'modal' | 'home';
}

/** What a person does inside a modal; a select in a message or the Home tab works alike. */
export interface ModalHands {
  /** The modal in front, if one is open. */
  view(): StoredView | undefined;
  /** Waits until a modal is open, or until it is the one that is meant. */
  openView(isMeant?: (view: StoredView) => boolean): Promise<StoredView>;
  /** Fills fields by action id, block id or label, in order; choosing may redraw the modal. */
  fillIn(values: Readonly<Record<string, Wanted>>): Promise<void>;
  choose(field: FieldName, wanted: Wanted, options?: ChoiceOptions): Promise<void>;
  /** Puts a value into a field without the app hearing of it before the form is sent. */
  put(field: FieldName, wanted: Wanted): Promise<void>;
  /** What an external select offers for the typed text. */
  typeahead(field: FieldName, typed: string, options?: ChoiceOptions): Promise<readonly Json[]>;
  submit(): Promise<Submission>;
  /** "Cancel", or the cross at the top that closes all of them. */
  closeView(options?: { readonly all?: boolean }): Promise<void>;
}

export function createModalHands(deps: ActorDeps, person: Person): ModalHands {
  const { world, courier } = deps;
  const offered = new Map<string, readonly Json[]>();
  const stack = (): readonly StoredView[] => world.modals.get(person.id) ?? [];
  const view = (): StoredView | undefined => stack().at(-1);

  async function typeahead(
    name: FieldName,
    typed: string,
    options?: ChoiceOptions,
  ): Promise<readonly Json[]> {
    const { place, blocks } = whereIs(world, person, options);
    const field = getField(blocks, name);
    const least = Number(field.element['min_query_length'] ?? 3);
    if (typed.length < least) return [];
    const payload = suggestionPayload(world, person, place, field, typed);
    const delivery = await courier.deliver('block_suggestion', payload);
    const found = readSuggestions(world, field, delivery);
    offered.set(field.actionId, found);
    return found;
  }

  async function choose(name: FieldName, wanted: Wanted, options?: ChoiceOptions): Promise<void> {
    const { field, value, place } = await hold(name, wanted, options);
    if (!field.dispatches) return;
    const action = actionValue(field, value);
    await courier.deliver('block_actions', actionPayload(world, person, place, field, action));
  }

  async function hold(name: FieldName, wanted: Wanted, options?: ChoiceOptions) {
    const seen = whereIs(world, person, options);
    const field = getField(seen.blocks, name);
    if (field.type.endsWith('external_select') && typeof wanted === 'string') {
      // People type a part of the name; ids they would find by looking through the whole list.
      const isOffered = (): boolean =>
        (offered.get(field.actionId) ?? []).some((one) => isCalled(one, wanted));
      if (!isOffered()) await typeahead(name, wanted, options);
      if (!isOffered()) await typeahead(name, '', options);
    }
    const known = [...(offered.get(field.actionId) ?? []), ...heldBy(world, seen.place, field)];
    const value = valueFor(world, field, wanted, known);
    return { field, value, place: putIn(world, seen.place, field, value) };
  }

  return {
    view,
    openView: (isMeant = () => true) =>
      deps.waitFor(() => {
        const current = view();
        return current !== undefined && isMeant(current) ? current : undefined;
      }, `a modal for ${person.name}`),
    choose,
    async put(field, wanted) {
      await hold(field, wanted, { on: 'modal' });
    },
    typeahead,
    async fillIn(values) {
      for (const [name, wanted] of Object.entries(values)) await choose(name, wanted);
    },
    submit: () => submitView(world, courier, person, view()),
    closeView: (options = {}) => closeView(deps, person, options.all === true),
  };
}

async function closeView({ world, courier }: ActorDeps, person: Person, all: boolean) {
  const stack = world.modals.get(person.id) ?? [];
  const current = stack.at(-1);
  if (current === undefined) throw new Error(`${person.name} has no modal open.`);
  const isCleared = all || current.view['clear_on_close'] === true;
  setStack(world, person.id, isCleared ? [] : stack.slice(0, -1));
  if (current.view['notify_on_close'] !== true) return;
  await courier.deliver('view_closed', closedPayload(world, person, current, isCleared));
}

/** What was chosen before stays on offer, whatever was searched for since. */
function heldBy(world: World, place: Place, field: Field): readonly Json[] {
  if ('message' in place) return [];
  const { selected_options: several, selected_option: one } =
    liveView(world, place.view).values[field.blockId]?.[field.actionId] ?? {};
  return [...jsonList(several), ...jsonList([one])];
}

function isCalled(option: Json, wanted: string): boolean {
  return option['value'] === wanted || wordsOf(option['text']) === wanted;
}

function whereIs(
  world: World,
  person: Person,
  options: ChoiceOptions = {},
): { place: Place; blocks: readonly Json[] } {
  const { message } = options;
  if (message !== undefined) return { place: { message }, blocks: message.blocks };
  const modal = options.on === 'home' ? undefined : world.modals.get(person.id)?.at(-1);
  const seen = modal ?? (options.on === 'modal' ? undefined : world.homes.get(person.id));
  if (seen === undefined) throw new Error(`${person.name} has no modal open.`);
  return { place: { view: seen }, blocks: seen.blocks };
}

function putIn(world: World, place: Place, field: Field, value: Json): Place {
  if ('message' in place) return place;
  const current = liveView(world, place.view);
  const { [field.blockId]: _cleared, ...errors } = current.errors;
  const block = { ...current.values[field.blockId], [field.actionId]: value };
  const values = { ...current.values, [field.blockId]: block };
  return { view: replaceView(world, current, { values, errors }) };
}

/** The view may have been redrawn meanwhile; what counts is the one on the screen now. */
function liveView(world: World, view: StoredView): StoredView {
  const live = [...(world.modals.get(view.userId) ?? []), ...world.homes.values()];
  return live.find((one) => one.id === view.id) ?? view;
}

function readSuggestions(world: World, field: Field, delivery: Delivery): readonly Json[] {
  if (delivery.error !== null) return [];
  const parsed = suggestions.safeParse(delivery.body ?? { options: [] });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    world.unexpected.push(`options for ${field.actionId}: ${issue?.message ?? 'invalid'}`);
    return [];
  }
  if ('options' in parsed.data) return parsed.data.options;
  return parsed.data.option_groups.flatMap((group) => jsonList(group.options));
}
