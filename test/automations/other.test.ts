import { describe, expect, it } from 'vitest';

import { isAllowed } from '../../src/automations/automation.ts';
import { other } from '../../src/automations/other/index.ts';
import { openSandbox } from '../../src/automations/other/sandbox.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import { aSlot, describeAutomation, STORE_URL } from '../contracts/automation-contract.ts';

const clock = { now: () => new Date('2026-11-23T10:00:00.000Z') };

async function open() {
  const sandbox = await openSandbox({ clock });
  const automation = other.open(other.schema.parse(sandbox.config), {
    clock,
    log: createLog('silent'),
  });
  return { automation, sandbox };
}

describeAutomation({
  name: 'Another pipeline system',
  open,
  target: 'jenkins/release',
  foreignTargets: ['bamboo/release', 'a\nb', ''],
  wrongNames: ['FLOW TOKEN', 'FLOW/TOKEN', ''],
  values: null,
  setByHand: null,
  deleteByHand: null,
  keepsNeighbours: false,
  rewrites: [],
  writes: [],
});

describe('Another pipeline system', () => {
  const slot = aSlot('jenkins/release');
  const credential = new Secret('s3cr3t-of-the-nightly-release');

  it('tells the person everything that is needed, and not the credential', async () => {
    const { automation } = await open();

    const outcome = await automation.ensure(slot, credential, STORE_URL, {});

    const text = JSON.stringify(outcome);
    for (const part of ['Jenkins', 'jenkins/release', 'FLOW_TOKEN', STORE_URL, 'nightly release']) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain(credential.reveal());
  });

  it.each([
    ['is the credential', 's3cr3t-of-the-nightly-release', /looks like a secret/],
    [
      'carries the credential',
      'https://ci.example/?t=s3cr3t-of-the-nightly-release',
      /looks like a secret/,
    ],
    ['looks like a token', 'https://ci.example/ghp_abcdefgh', /looks like a secret/],
    [
      'holds a long random word',
      'https://ci.example/aB3dE5fG7hI9jK1lM3nO5pQ7',
      /looks like a secret/,
    ],
    ['is not a link', 'in Jenkins', /https:/],
    ['is not encrypted', 'http://ci.example/job', /https:/],
    ['has a query', 'https://ci.example/job?tab=1', /question mark/],
    ['names a user', 'https://me:pw@ci.example/job', /user name/],
  ])('does not take an answer that %s', async (_what, answer, finding) => {
    const { automation } = await open();

    const outcome = await automation.ensure(slot, credential, STORE_URL, { placed_at: answer });

    expect(outcome).toMatchObject({
      kind: 'human',
      task: { finding: expect.stringMatching(finding) as string },
    });
    expect(JSON.stringify(outcome)).not.toContain(answer);
  });

  it('says honestly that it cannot look there', async () => {
    const { automation } = await open();

    const outcome = await automation.verify(slot);

    expect(outcome).toMatchObject({
      kind: 'done',
      value: expect.stringContaining('cannot look there') as string,
    });
  });

  it('asks again when the person did not say that it is removed', async () => {
    const { automation } = await open();

    const outcome = await automation.remove(slot, { removed: 'later' });

    expect(outcome.kind).toBe('human');
  });
});

describe('The list of allowed places', () => {
  it.each([
    ['acme/*', 'acme/web', true],
    ['acme/*', 'ACME/platform/api', true],
    ['acme/*', 'acme', false],
    ['acme/*', 'evil/acme/web', false],
    ['acme/w.b', 'acme/web', false],
    ['*', 'anything', true],
    ['acme/web', 'acme/web-2', false],
  ])('%s and %s: %s', (pattern, place, allowed) => {
    expect(isAllowed([pattern], place)).toBe(allowed);
  });
});
