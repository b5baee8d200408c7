import { randomBytes } from 'node:crypto';

import { z } from 'zod';

import type { Routes, SandboxAnswer } from '../../sandbox/kit/server.ts';

export const ROOT = '/repos/acme/docs';

export interface Branch {
  sha: string;
  readonly files: Map<string, string>;
}

export interface Pull {
  readonly number: number;
  readonly head: string;
  readonly base: string;
  readonly title: string;
  state: 'open' | 'closed';
}

export interface World {
  readonly branches: Map<string, Branch>;
  readonly pulls: Pull[];
  protection: 'classic' | 'ruleset' | null;
  mayPush: boolean;
  url: string;
}

const newPull = z.strictObject({
  title: z.string().min(1).max(256),
  head: z.string(),
  base: z.string(),
  body: z.string(),
});

export function pullRoutes(world: World): Routes {
  return {
    [`GET ${ROOT}/pulls`]: ({ query }) => ({
      status: 200,
      body: openPulls(world)
        .filter(
          ({ head, base }) => query.get('head') === `acme:${head}` && query.get('base') === base,
        )
        .map((pull) => showPull(world, pull)),
    }),
    [`POST ${ROOT}/pulls`]: ({ body }) => {
      const { title, head, base } = newPull.parse(body);
      const [from, to] = [takeBranch(world, head), takeBranch(world, base)];
      if (openPulls(world).some((pull) => pull.head === head && pull.base === base)) {
        return refused(`A pull request already exists for acme:${head}.`);
      }
      if (from.sha === to.sha) return refused(`No commits between ${base} and ${head}`);
      const pull: Pull = { number: world.pulls.length + 1, head, base, title, state: 'open' };
      world.pulls.push(pull);
      return { status: 201, body: showPull(world, pull) };
    },
  };
}

function showPull(world: World, { number, title, state }: Pull) {
  return { number, title, state, html_url: `${world.url}/acme/docs/pull/${number}` };
}

export function refused(message: string): SandboxAnswer {
  return { status: 422, body: { message } };
}

export function openPulls({ pulls }: World): Pull[] {
  return pulls.filter(({ state }) => state === 'open');
}

export function takeBranch({ branches }: World, name: string): Branch {
  const branch = branches.get(name);
  if (branch === undefined) throw new Error(`No branch ${name}`);
  return branch;
}

export function newSha(): string {
  return randomBytes(20).toString('hex');
}
