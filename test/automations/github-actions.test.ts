import { afterEach, describe, expect, it } from 'vitest';

import { githubActions } from '../../src/automations/github-actions/index.ts';
import { openSandbox } from '../../src/automations/github-actions/sandbox.ts';
import type { GitHubActionsSandbox } from '../../src/automations/github-actions/sandbox.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import { fault } from '../../src/sandbox/kit/faults.ts';
import {
  aSlot,
  closeWorld,
  describeAutomation,
  failureOf,
  place,
  STORE_URL,
} from '../contracts/automation-contract.ts';
import type { AutomationWorld } from '../contracts/automation-contract.ts';

let now = new Date('2026-11-23T10:00:00.000Z');
const clock = { now: () => now };

async function open(
  overrides: Readonly<Record<string, unknown>> = {},
): Promise<AutomationWorld<GitHubActionsSandbox>> {
  const sandbox = await openSandbox({ clock });
  const config = githubActions.schema.parse({ ...sandbox.config, timeout_ms: 400, ...overrides });
  const automation = githubActions.open(config, { clock, log: createLog('silent') });
  return { automation, sandbox };
}

const PATHS: Readonly<Record<string, string>> = {
  org: '/orgs/acme/actions',
  'repo:acme/web': '/repos/acme/web/actions',
  'environment:acme/web/production': '/repos/acme/web/environments/production',
};

for (const [target, path] of Object.entries(PATHS)) {
  describeAutomation<GitHubActionsSandbox>({
    name: `GitHub Actions with ${target}`,
    open,
    target,
    foreignTargets: [
      'repo:acme/internal-tools',
      'repo:evil/web',
      'environment:evil/web/x',
      'web',
      'repo:acme/..',
    ],
    wrongNames: ['GITHUB_TOKEN', '2FAST', 'flow_token', 'FLOW TOKEN', ''],
    values: (sandbox, { secretName }) => {
      const value = sandbox.valueOf(path, secretName);
      return value === undefined ? [] : [value];
    },
    setByHand: (sandbox, { secretName }, value) => sandbox.setByHand(path, secretName, value),
    deleteByHand: (sandbox, { secretName }) => sandbox.deleteByHand(path, secretName),
    keepsNeighbours: true,
    rewrites: [{ method: 'PUT', path: '/secrets/FLOW_TOKEN' }],
    writes: [
      { method: 'POST', path: '/variables' },
      { method: 'PUT', path: '/secrets/FLOW_TOKEN' },
    ],
  });
}

describe('GitHub Actions', () => {
  const opened: AutomationWorld<GitHubActionsSandbox>[] = [];
  const slot = aSlot('repo:acme/web');
  const credential = new Secret('github_pat_sealed-0123456789');

  async function openOne(overrides: Readonly<Record<string, unknown>> = {}) {
    const world = await open(overrides);
    opened.push(world);
    return world;
  }

  afterEach(async () => {
    now = new Date('2026-11-23T10:00:00.000Z');
    for (const world of opened.splice(0)) await closeWorld(world);
  });

  it('sends the value sealed, so that it is in no request as it is', async () => {
    const world = await openOne();

    await place(world, slot, credential);

    const bodies = world.sandbox.servers[0]!.exchanges.map(({ request }) => request.rawBody);
    expect(bodies.join('\n')).toContain('encrypted_value');
    expect(bodies.join('\n')).not.toContain(credential.reveal());
    expect(world.sandbox.valueOf(PATHS['repo:acme/web']!, 'FLOW_TOKEN')).toBe(credential.reveal());
  });

  it('does not allow the whole organisation unless the policy names it', async () => {
    const { automation } = await openOne({ targets: ['*'] });

    const refusal = automation.refuseTarget('org');

    expect(refusal).toContain('repo:acme/web');
  });

  it('offers environments of a repository that is looked for', async () => {
    const { automation } = await openOne();

    const targets = await automation.searchTargets('acme/web');

    expect(targets.map(({ id }) => id)).toEqual([
      'repo:acme/web',
      'environment:acme/web/production',
      'environment:acme/web/staging',
    ]);
  });

  it('says when the environment does not exist', async () => {
    const { automation } = await openOne();
    const nowhere = aSlot('environment:acme/web/moon');

    const error = await failureOf(automation.ensure(nowhere, credential, STORE_URL, {}));

    expect(error.code).toBe('not-found');
    expect(error.message).toContain('moon');
  });

  it('names the permission that is missing and the one that is not needed', async () => {
    const { automation, sandbox } = await openOne();
    sandbox.permissions['secrets'] = 'read';
    sandbox.permissions['contents'] = 'write';

    const findings = await automation.check();
    const error = await failureOf(automation.ensure(slot, credential, STORE_URL, {}));

    expect(findings.find(({ level }) => level === 'problem')?.message).toContain('secrets: write');
    expect(JSON.stringify(findings.filter(({ level }) => level === 'warning'))).toContain(
      'contents: write',
    );
    expect(error.code).toBe('missing-permission');
    expect(error.message).toContain('secrets: write');
  });

  it('works with a classic token, whose scopes it judges', async () => {
    const { automation, sandbox } = await openOne();
    const config = { ...sandbox.config, auth: { token: new Secret(sandbox.classic.token) } };
    const deps = { clock, log: createLog('silent') };
    const classic = githubActions.open(githubActions.schema.parse(config), deps);
    await place({ automation: classic, sandbox }, slot, credential);
    const fine = await classic.check();
    sandbox.classic.scopes = ['admin:org', 'gist'];

    const findings = await classic.check();
    const error = await failureOf(classic.ensure(slot, credential, STORE_URL, {}));

    expect(fine.every(({ level }) => level === 'ok')).toBe(true);
    expect(findings.find(({ level }) => level === 'problem')?.message).toContain('repo');
    expect(findings.find(({ level }) => level === 'warning')?.message).toContain('gist');
    expect(error.code).toBe('missing-permission');
    expect(error.message).toContain('the scope repo');
    await automation.remove(slot);
  });

  it('explains a private key that is none', async () => {
    const { sandbox } = await openOne();
    const auth = { app_id: 1, private_key: new Secret('not a key'), installation_id: 1 };
    const config = githubActions.schema.parse({ ...sandbox.config, auth });
    const automation = githubActions.open(config, { clock, log: createLog('silent') });

    const error = await failureOf(automation.verify(slot));

    expect(error.code).toBe('invalid-config');
  });

  it('finishes what a run began that ended between its mark and its value', async () => {
    const world = await openOne();
    world.sandbox.servers[0]!.faults.inject({ method: 'PUT', fault: fault.status(503) });
    await failureOf(world.automation.ensure(slot, credential, STORE_URL, {}));

    await place(world, slot, credential);

    expect(world.sandbox.secretNames(PATHS['repo:acme/web']!)).toEqual(['FLOW_TOKEN']);
  });

  it('notices when its mark is gone', async () => {
    const world = await openOne();
    await place(world, slot, credential);
    world.sandbox.deleteMark(PATHS['repo:acme/web']!, 'FLOW_TOKEN_MANAGED_BY');

    const error = await failureOf(world.automation.verify(slot));

    expect(error.code).toBe('verification-failed');
    expect(error.message).toContain('FLOW_TOKEN_MANAGED_BY');
  });

  it('asks for a new installation token once the old one nears its end', async () => {
    const world = await openOne();
    await world.automation.verify(slot).catch(() => undefined);
    now = new Date('2026-11-23T11:30:00.000Z');

    await place(world, slot, credential);

    const issued = world.sandbox.servers[0]!.exchanges.filter(({ route }) =>
      route?.endsWith('/access_tokens'),
    );
    expect(issued).toHaveLength(2);
  });

  it('waits until the limit resets when the hour’s requests are used up', async () => {
    const { automation, sandbox } = await openOne();
    const reset = String(now.getTime() / 1000 + 600);
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
    sandbox.servers[0]!.faults.inject({ method: 'GET', fault: fault.status(403, headers) });

    const error = await failureOf(automation.verify(slot));

    expect(error).toMatchObject({ code: 'rate-limited', retryAfterMs: 600_000 });
  });

  it('opens a secret of the organisation to the repositories that were chosen, and to no other', async () => {
    const org_repositories = ['acme/web', 'acme/api'];
    const world = await openOne({ org_visibility: 'selected', org_repositories });

    await place(world, aSlot('org'), credential);

    const outcome = await world.automation.verify(aSlot('org'));
    expect(world.sandbox.reachOf('FLOW_TOKEN')).toEqual({
      visibility: 'selected',
      repositories: org_repositories,
    });
    expect(outcome).toMatchObject({
      value: expect.stringContaining('for acme/api, acme/web') as string,
    });
  });

  it('notices when somebody has opened a secret of the organisation wider', async () => {
    const world = await openOne({ org_visibility: 'selected', org_repositories: ['acme/web'] });
    await place(world, aSlot('org'), credential);
    world.sandbox.openWide('FLOW_TOKEN');

    const error = await failureOf(world.automation.verify(aSlot('org')));
    await place(world, aSlot('org'), credential);

    expect(error.code).toBe('verification-failed');
    expect(error.message).toContain('open to all repositories');
    expect(world.sandbox.reachOf('FLOW_TOKEN')?.repositories).toEqual(['acme/web']);
  });

  it('says which chosen repository does not exist', async () => {
    const { automation } = await openOne({
      org_visibility: 'selected',
      org_repositories: ['acme/moon'],
    });

    const error = await failureOf(automation.ensure(aSlot('org'), credential, STORE_URL, {}));

    expect(error.code).toBe('invalid-config');
    expect(error.message).toContain('acme/moon');
  });

  it.each([
    { org_visibility: 'selected' },
    { org_repositories: ['acme/web'] },
    { org_visibility: 'all', org_repositories: ['acme/web'] },
  ])('refuses the contradiction %j with a valid example', async (overrides) => {
    const { sandbox } = await openOne();

    const parsed = githubActions.schema.safeParse({ ...sandbox.config, ...overrides });

    expect(parsed.error?.issues[0]?.path).toEqual(['org_repositories']);
    expect(parsed.error?.issues[0]?.message).toContain('org_repositories: ["acme/web"]');
  });

  it('links to the page where people see it', async () => {
    const { automation } = await openOne({ web_url: 'https://github.com' });

    expect(automation.url(slot)).toBe('https://github.com/acme/web/settings/secrets/actions');
    expect(automation.url(aSlot('org'))).toBe(
      'https://github.com/organizations/acme/settings/secrets/actions',
    );
    expect(automation.url(aSlot('nowhere'))).toBeNull();
  });
});
