import { PEOPLE } from './people.ts';
import type { Actor } from './slack/actor.ts';

/** An order as a person fills it into the form; what is left out keeps what the form proposes. */
export interface FormOrder {
  readonly kind: 'integration' | 'automation' | 'flow-user';
  readonly connection?: string;
  readonly access?: 'owner' | 'contributor';
  /** Names as the type-ahead offers them. */
  readonly scope?: readonly string[];
  readonly services?: readonly string[];
  readonly process?: string;
  readonly automation?: string;
  readonly target?: string;
  readonly secretName?: string;
  /** Values of the checkbox: `['hide']` or `[]`. */
  readonly hideFromReports?: readonly string[];
  readonly role?: 'admin' | 'permissions';
  readonly permissions?: readonly string[];
  readonly localPart?: string;
  readonly purpose?: string;
  readonly owner?: string;
  readonly secondOwner?: string;
  readonly rotationDays?: string;
}

export const GITLAB_ORDER: FormOrder = {
  kind: 'integration',
  connection: 'GitLab acme',
  access: 'contributor',
  scope: ['acme/platform'],
  services: ['repositories'],
};

/** Types the command and fills the form field by field, waiting for each redraw. */
export async function fillOrder(person: Actor, order: FormOrder): Promise<void> {
  if (person.view() !== undefined) await person.closeView({ all: true });
  await person.slashCommand('/flow-service-account');
  await person.openView();
  const { kind, connection, automation, target, scope = [], role, ...rest } = order;
  await choose(person, 'kind', kind, kind === 'flow-user' ? 'role' : 'connection');
  if (connection !== undefined) await choose(person, 'connection', connection, 'scope');
  for (const name of scope) await person.typeahead('scope', name.split('/').at(-1) ?? name);
  if (scope.length > 0) await person.fillIn({ scope: [...scope] });
  if (automation !== undefined) await choose(person, 'automation', automation, 'target');
  if (target !== undefined) await person.fillIn({ target });
  const next = role === 'permissions' ? 'permissions' : 'role';
  if (role !== undefined) await choose(person, 'role', role, next);
  await person.fillIn(others(rest));
}

/** What no other field depends on. */
function others(rest: Partial<FormOrder>) {
  const given = Object.entries(rest).map(([field, value]) => [
    field,
    Array.isArray(value) ? [...(value as string[])] : value,
  ]);
  return {
    purpose: 'Flow reads the repositories of the platform team.',
    owner: PEOPLE.owner.id,
    ...(Object.fromEntries(given) as Record<string, string | string[]>),
  };
}

async function choose(person: Actor, field: string, value: string, appears: string): Promise<void> {
  await person.fillIn({ [field]: value });
  await person.openView((view) =>
    view.blocks.some(({ block_id: id }) => String(id).startsWith(appears)),
  );
}
