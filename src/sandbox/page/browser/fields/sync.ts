import type { Json, ViewValues } from '../../wire.ts';

type Sync = (value: Json | undefined) => void;

const fields = new WeakMap<Element, Sync>();

/** Marks an element as a field and says how it takes a value that came from the workspace. */
export function synced(element: HTMLElement, block: string, action: string, take: Sync): void {
  element.dataset['block'] = block;
  element.dataset['action'] = action;
  fields.set(element, take);
}

/** Lets every field inside show what the workspace holds for it. */
export function syncAll(container: HTMLElement, values: ViewValues): void {
  for (const element of container.querySelectorAll<HTMLElement>('[data-action]')) {
    const { block = '', action = '' } = element.dataset;
    fields.get(element)?.(values[block]?.[action]);
  }
}
