import { ProductError, hasCode } from '../../domain/errors.ts';
import type { Present, Shelf } from '../shelf.ts';
import type { ConnectClient } from './client.ts';
import { isLabelled, labelled, labelsFrom, newItem, valueOf, withValue } from './item.ts';

interface ItemPresent extends Present {
  readonly itemId: string;
}

/** What a title may have so that a filter finds it as it is. */
const NAME = /^[\w.@-]{1,120}$/;

/** 1Password, where nothing is unique by its name: an item is found by its title. */
export function connectShelf(client: ConnectClient): Shelf<ItemPresent> {
  return {
    async present(name) {
      const items = await itemsOf(client, name);
      const [first, second] = items.filter(({ state }) => state == null);
      if (second !== undefined) throw several(name);
      if (first === undefined && items.some(({ state }) => state === 'ARCHIVED')) {
        throw archived(name);
      }
      return first === undefined
        ? undefined
        : { itemId: first.id, version: String(first.version), labels: labelsFrom(first.tags) };
    },

    value: async (name, { itemId }) => valueOf(await client.item(itemId), name),

    async add(name, secret, labels, after) {
      const { version } =
        after === undefined
          ? await client.create(newItem(name, secret, labels))
          : await client.replace(withValue(await client.item(after.itemId), name, secret));
      return String(version);
    },

    async label(_name, { itemId }, labels) {
      const item = await client.item(itemId);
      // 1Password counts every change as a version, so what is true already is not written again.
      if (isLabelled(item, labels)) return String(item.version);
      return String((await client.replace(labelled(item, labels))).version);
    },

    async remove(name) {
      for (const { id, state } of await itemsOf(client, name)) {
        if (state === 'DELETED') continue;
        await client.remove(id).catch((error: unknown) => {
          if (!hasCode(error, 'not-found')) throw error;
        });
      }
    },
  };
}

async function itemsOf(client: ConnectClient, name: string) {
  if (!NAME.test(name)) {
    const message = `${name} cannot be the title of an item of ours in 1Password: use letters, digits and dashes, e.g. flow-sa-7k3f9q-token.`;
    throw new ProductError('invalid-input', { subject: name, message });
  }
  return await client.titled(name);
}

function several(name: string): ProductError {
  const message = `There are several items called ${name} in 1Password. Delete all but the right one, then retry.`;
  return new ProductError('conflict', { subject: name, message });
}

function archived(name: string): ProductError {
  const message = `The item ${name} was archived in 1Password by hand. Restore it to keep the value, or delete it to start afresh; then retry.`;
  return new ProductError('conflict', { subject: name, message });
}
