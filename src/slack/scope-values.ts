import { createHash } from 'node:crypto';

import type { ScopeItem } from '../domain/request.ts';
import type { Catalogue } from './catalogue.ts';
import type { Choice } from './views/inputs.ts';
import type { Draft } from './views/request-form.ts';

// https://docs.slack.dev/reference/block-kit/composition-objects/option-object
const LONGEST = 75;
const MARK = '#';

/** A place as an option; one whose id is too long for Slack goes as a fingerprint of it. */
export function scopeChoice(item: ScopeItem): Choice {
  return { value: valueOf(item), label: item.name, hint: item.kind };
}

/** The draft with every fingerprint replaced by the place it stands for. */
export async function resolveScopes(draft: Draft, catalogue: Catalogue): Promise<Draft> {
  const { scope, connection } = draft;
  if (scope === undefined || connection === undefined) return draft;
  if (!scope.some((value) => value.startsWith(MARK))) return draft;
  const resolved = await Promise.all(scope.map((value) => find(value, connection, catalogue)));
  return { ...draft, scope: resolved };
}

async function find(text: string, connection: string, catalogue: Catalogue): Promise<string> {
  if (!text.startsWith(MARK)) return text;
  const [value = '', label = ''] = text.split('|');
  const items = await catalogue.searchScopes(connection, label.replace(/…$/u, ''));
  const item = items.find((one) => valueOf(one) === value);
  return item === undefined ? text : `${item.kind}|${item.id}|${item.name}`;
}

function valueOf({ kind, id }: ScopeItem): string {
  const plain = `${kind}|${id}`;
  if (plain.length <= LONGEST) return plain;
  return `${MARK}${createHash('sha256').update(plain).digest('base64url')}`;
}
