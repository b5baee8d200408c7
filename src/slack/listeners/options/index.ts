import type { App } from '@slack/bolt';

import type { RoomDeps } from '../../deps.ts';
import { dependsOn, FIELD } from '../../ids.ts';
import { refuseToAsk } from '../../members.ts';
import { suggestionSchema } from '../../payloads.ts';
import { scopeChoice } from '../../scope-values.ts';
import { options } from '../../views/inputs.ts';
import type { Choice } from '../../views/inputs.ts';
import { connectionsFor } from '../../views/request-form-kinds.ts';

/** What a search finds; `about` is what the list depends on: a connection, an automation, a kind. */
type Search = (about: string, text: string, deps: RoomDeps) => Promise<Choice[]>;

const SEARCHES: Readonly<Record<string, Search>> = {
  [FIELD.scope]: async (connection, text, { catalogue }) =>
    (await catalogue.searchScopes(connection, text)).map(scopeChoice),
  [FIELD.target]: async (automation, text, { catalogue }) =>
    (await catalogue.searchTargets(automation, text)).map(({ id, name }) => ({
      value: id,
      label: name,
    })),
  [FIELD.connection]: async (kind, text, { catalogue }) =>
    matching(
      connectionsFor(kind, catalogue).map(({ id, name }) => ({ value: id, label: name })),
      text,
    ),
  [FIELD.automation]: async (_, text, { catalogue }) =>
    matching(
      catalogue.automations.map(({ id, name }) => ({ value: id, label: name })),
      text,
    ),
};

export function registerOptions(app: App, deps: RoomDeps): void {
  for (const [field, search] of Object.entries(SEARCHES)) {
    app.options(field, async ({ ack, body }) => {
      const { user, block_id: block, value } = suggestionSchema.parse(body);
      const found = await suggestions(user.id, search, dependsOn(block), value, deps);
      await ack({ options: options(found) });
    });
  }
}

/** A search that fails finds nothing: a list has no place for an explanation. */
async function suggestions(
  person: string,
  search: Search,
  about: string,
  text: string,
  deps: RoomDeps,
): Promise<Choice[]> {
  try {
    if ((await refuseToAsk(person, deps)) !== undefined) return [];
    return await search(about, text, deps);
  } catch (error) {
    deps.log.warn({ err: error }, 'A search in the request form failed');
    return [];
  }
}

function matching(choices: readonly Choice[], text: string): Choice[] {
  const wanted = text.trim().toLowerCase();
  return choices.filter(({ label }) => label.toLowerCase().includes(wanted));
}
