import { fault } from '../kit/faults.ts';
import type { SandboxServer } from '../kit/server.ts';
import type { Outside } from '../outside.ts';
import type { SlackWorkspace } from '../slack/workspace.ts';
import type { TroubleView } from './wire.ts';

export type Trouble = 'down' | 'mend' | 'rate-limit' | 'lose-answer';

/** Faults that a visitor puts into the outside world, and what is still broken. */
export interface Troubles {
  readonly systems: TroubleView['systems'];
  cause(system: string, what: Trouble): void;
}

const WAIT_SECONDS = 5;
const SLACK = 'slack';

export function createTroubles(outside: Outside, slack: SlackWorkspace): Troubles {
  const systems = breakable(outside);
  const down = new Set<string>();
  const armed = new Map<string, number>();
  for (const [id, { servers }] of systems) {
    for (const server of servers) server.onRequest(() => settle(id));
  }
  slack.onRequest(({ path }) => {
    if (path.startsWith('/api/chat.')) settle(SLACK);
  });

  /** A one-off fault hits the next call, which is this one. */
  function settle(id: string): void {
    const left = armed.get(id) ?? 0;
    if (left > 0 && !down.has(id)) armed.set(id, left - 1);
  }

  function cause(id: string, what: Trouble): void {
    const system = systems.get(id);
    if (id === SLACK) causeInSlack(slack, what);
    else if (system === undefined) throw new Error(`There is nothing called ${id} to break.`);
    else causeIn(system.servers, what);
    if (what === 'down') down.add(id);
    else if (what === 'mend') down.delete(id);
    armed.set(id, what === 'rate-limit' || what === 'lose-answer' ? (armed.get(id) ?? 0) + 1 : 0);
    slack.world.changed();
  }

  return {
    get systems() {
      const all = [...systems].map(([id, { name }]) => ({ id, name }));
      return [...all, { id: SLACK, name: 'Slack' }].map((system) => ({
        ...system,
        down: down.has(system.id),
        armed: armed.get(system.id) ?? 0,
      }));
    },
    cause,
  };
}

interface Breakable {
  readonly name: string;
  readonly servers: readonly SandboxServer[];
}

/** Systems that are called over HTTP. */
function breakable(outside: Outside): ReadonlyMap<string, Breakable> {
  const parts = Object.entries(outside).flatMap(([id, part]) => {
    const servers: readonly SandboxServer[] =
      typeof part === 'object' && 'servers' in part ? part.servers : [];
    const [first] = servers;
    return first === undefined ? [] : [[id, { name: first.name, servers }] as const];
  });
  return new Map(parts);
}

function causeIn(servers: readonly SandboxServer[], what: Trouble): void {
  for (const { faults } of servers) {
    if (what === 'mend' || what === 'down') faults.clear();
    if (what === 'down') faults.inject({ fault: fault.status(503), times: Infinity });
    if (what === 'rate-limit') faults.inject({ fault: fault.rateLimited(WAIT_SECONDS) });
    if (what === 'lose-answer') faults.inject({ fault: fault.dropAfterEffect() });
  }
}

function causeInSlack(slack: SlackWorkspace, what: Trouble): void {
  const broken = {
    down: fault.status(503),
    'rate-limit': fault.rateLimited(WAIT_SECONDS),
    'lose-answer': fault.dropAfterEffect(),
  };
  if (what === 'mend') slack.mend();
  else {
    if (what === 'down') slack.mend();
    slack.injectFault('chat.', broken[what], what === 'down' ? Infinity : 1);
  }
}
