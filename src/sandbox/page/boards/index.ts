import type { Request } from '../../../domain/request.ts';
import type { SandboxServer } from '../../kit/server.ts';
import { describeStep, waitingSteps } from '../human-steps.ts';
import type { Stage } from '../stage.ts';
import type { BoardView } from '../wire.ts';
import type { Board, DrawBoard } from './board.ts';
import { drawConfluence } from './confluence.ts';
import { drawFlow } from './flow.ts';
import { drawGithub } from './github.ts';
import { drawGitlab } from './gitlab.ts';
import { drawJira } from './jira.ts';
import { drawMail, drawMailByHand } from './mail.ts';
import { drawGithubActions, drawGitlabCi } from './pipelines.ts';
import { drawVault } from './vault.ts';

/** By the name the system has among those outside; one that is not here still shows its calls. */
const DRAWN: Readonly<Record<string, DrawBoard>> = {
  gitlab: drawGitlab,
  github: drawGithub,
  jira: drawJira,
  flow: drawFlow,
  vault: drawVault,
  confluence: drawConfluence,
  mail: drawMail,
  actions: drawGithubActions,
  ci: drawGitlabCi,
  mailByHand: drawMailByHand,
};
/** Shown from the first moment on, empty or not. */
const SHOWN = new Set([
  'gitlab',
  'github',
  'jira',
  'flow',
  'vault',
  'confluence',
  'mail',
  'actions',
  'ci',
]);
const MOST_CALLS = 12;

/** Every system outside, as its own pages would show it. */
export function boardsOf(stage: Stage, requests: readonly Request[]): readonly BoardView[] {
  const { outside } = stage.sandbox;
  const waiting = waitingSteps(stage, requests);
  const all = systemsOf(stage).map(([id, servers]) => {
    const { name, about, tables, entries = [] } = DRAWN[id]?.(outside) ?? plainBoard(id, servers);
    const humanSteps = waiting
      .filter(({ system }) => system === id)
      .map((one) => describeStep(stage, one));
    return { id, name, about, tables, entries, humanSteps, calls: lastCalls(servers) };
  });
  return all.filter((board) => SHOWN.has(board.id) || isUsed(board));
}

/** A system that this set-up does not use would only be in the way. */
function isUsed({ tables, humanSteps, calls }: BoardView): boolean {
  return humanSteps.length > 0 || calls.length > 0 || tables.some(({ rows }) => rows.length > 0);
}

/** Origin of each system's server → its board. */
export function originsOf(stage: Stage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    systemsOf(stage).flatMap(([id, servers]) =>
      servers.map(({ url }) => [new URL(url).origin, id] as const),
    ),
  );
}

function systemsOf({ sandbox }: Stage): readonly (readonly [string, readonly SandboxServer[]])[] {
  const order = Object.keys(DRAWN);
  const rank = (id: string): number => (order.includes(id) ? order.indexOf(id) : order.length);
  return Object.entries(sandbox.outside)
    .flatMap(([id, part]): (readonly [string, readonly SandboxServer[]])[] =>
      typeof part === 'object' && 'servers' in part ? [[id, part.servers]] : [],
    )
    .sort(([a], [b]) => rank(a) - rank(b));
}

function plainBoard(id: string, servers: readonly SandboxServer[]): Board {
  const name = servers[0]?.name ?? `${id.charAt(0).toUpperCase()}${id.slice(1)}`;
  return { name, about: 'A system that people and the app use.', tables: [] };
}

function lastCalls(servers: readonly SandboxServer[]): BoardView['calls'] {
  return servers
    .flatMap(({ exchanges }) => exchanges.slice(-MOST_CALLS))
    .toReversed()
    .slice(0, MOST_CALLS)
    .map(({ request, answer }) => ({
      call: `${request.method} ${request.path}`,
      status: answer.status,
    }));
}
