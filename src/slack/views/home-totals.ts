import type { Button, KnownBlock } from '@slack/types';

import { filterWords } from '../../accounts/inventory-filter.ts';
import type { InventoryFilter } from '../../accounts/inventory-filter.ts';
import { HEALTH_STATES } from '../../domain/account.ts';
import { KINDS } from '../../domain/request.ts';
import type { AccountCount } from '../../records/records.ts';
import { button, header, section } from '../blocks.ts';
import { ACTION } from '../ids.ts';
import { say } from '../text.ts';
import { HEALTH } from './account-messages.ts';

const KIND_LABELS = {
  integration: 'Integrations',
  automation: 'Automations',
  'flow-user': 'Flow users',
} as const;

/** All accounts in numbers, each of which opens its list; for admins. */
export function totalBlocks(totals: readonly AccountCount[]): KnownBlock[] {
  const active = totals.filter(({ state }) => state === 'active');
  const closed = sum(totals.filter(({ state }) => state === 'closed'));
  const health = HEALTH_STATES.map((state) =>
    totalButton(HEALTH[state], sum(active.filter((one) => one.health === state)), {
      scope: 'all',
      state: 'active',
      health: state,
    }),
  );
  const kinds = KINDS.map((kind) =>
    totalButton(KIND_LABELS[kind], sum(active.filter((one) => one.kind === kind)), {
      scope: 'all',
      state: 'active',
      kind,
    }),
  );
  return [
    header('All accounts'),
    section(say`${sum(active)} in use, ${closed} closed. Each button opens its list.`),
    {
      type: 'actions',
      elements: [
        totalButton('In use', sum(active), { scope: 'all', state: 'active' }),
        totalButton('Closed', closed, { scope: 'all', state: 'closed' }),
        ...health,
        ...kinds,
      ],
    },
  ];
}

function totalButton(label: string, count: number, filter: InventoryFilter): Button {
  const value = filterWords(filter);
  return button({
    id: `${ACTION.listAccounts}:${value}`,
    label: `${label}: ${count}`,
    spoken: `${label}: ${count}, list of accounts`,
    value,
  });
}

function sum(counts: readonly AccountCount[]): number {
  return counts.reduce((all, { count }) => all + count, 0);
}
