import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Secret } from '../../src/domain/secret.ts';
import { createLog } from '../../src/lib/log.ts';
import { cloudflareEmailRouting } from '../../src/mailboxes/cloudflare-email-routing/index.ts';
import { openSandbox } from '../../src/mailboxes/cloudflare-email-routing/sandbox.ts';
import type { CloudflareSandbox } from '../../src/mailboxes/cloudflare-email-routing/sandbox.ts';
import type { SandboxRule } from '../../src/mailboxes/cloudflare-email-routing/sandbox-routes.ts';
import { cloudflareSchema } from '../../src/mailboxes/cloudflare-email-routing/schema.ts';
import type { Mailboxes } from '../../src/mailboxes/mailboxes.ts';
import {
  aMailbox,
  describeMailboxes,
  drive,
  mailboxClock,
  mailFailure,
} from '../contracts/mailbox-contract.ts';
import type { MailboxClock, MailboxWorld } from '../contracts/mailbox-contract.ts';

const log = createLog('silent');
const SPEC = aMailbox('flow-api@acme.example');

function open(
  sandbox: CloudflareSandbox,
  clock: MailboxClock,
  extra: Record<string, unknown> = {},
): Mailboxes {
  const config = cloudflareSchema.parse({ ...sandbox.config, timeout_ms: 5000, ...extra });
  return cloudflareEmailRouting.open(config, { clock, log });
}

function rulesFor({ zone }: CloudflareSandbox, address: string): SandboxRule[] {
  return zone.rules.filter(({ matchers }) => matchers.some(({ value }) => value === address));
}

function aRule(address: string, change: Partial<SandboxRule> = {}): SandboxRule {
  return {
    id: address.length.toString(16).padStart(32, 'f'),
    name: 'Made by hand',
    enabled: true,
    matchers: [{ type: 'literal', field: 'to', value: address }],
    actions: [{ type: 'forward', value: ['somebody@mail.example'] }],
    ...change,
  };
}

for (const reading of ['with a reader', 'without a reader'] as const) {
  describeMailboxes<CloudflareSandbox>({
    name: `Cloudflare Email Routing ${reading}`,
    address: SPEC.address,
    async open() {
      const clock = mailboxClock();
      const sandbox = await openSandbox({ clock });
      const extra = reading === 'with a reader' ? {} : { imap: undefined };
      return { mailboxes: open(sandbox, clock, extra), sandbox, clock };
    },
    received: (sandbox, address) =>
      sandbox
        .messages()
        .filter(({ to }) => to === address)
        .map(({ raw }) => raw),
    loseAnswer: (sandbox) => sandbox.smtp.failNext('drop-after-effect'),
    ...(reading === 'with a reader'
      ? {
          deliver: (sandbox: CloudflareSandbox, mail) => sandbox.deliver(mail),
          making: {
            server: ({ cloudflare }: CloudflareSandbox) => cloudflare,
            count: (sandbox: CloudflareSandbox, address: string) =>
              rulesFor(sandbox, address).length,
            reopen: ({ sandbox, clock }: MailboxWorld<CloudflareSandbox>) => open(sandbox, clock),
          },
        }
      : {}),
  });
}

describe('Cloudflare Email Routing', () => {
  let clock: MailboxClock;
  let sandbox: CloudflareSandbox;

  beforeEach(async () => {
    clock = mailboxClock();
    sandbox = await openSandbox({ clock });
  });

  afterEach(closeCleanly);

  async function closeCleanly(): Promise<void> {
    await sandbox.close();
    expect([...sandbox.cloudflare.unexpected, ...sandbox.imap.unexpected]).toEqual([]);
  }

  const make = (mailboxes: Mailboxes) =>
    drive({ mailboxes, sandbox, clock }, SPEC, (answers) => mailboxes.ensure(SPEC, answers));

  it.each([
    ['is not known', undefined, 'does not know'],
    ['is not verified', false, 'waits for the confirmation'],
  ])('makes no rule while the destination %s, and says so', async (_title, state, words) => {
    sandbox.zone.destinations.clear();
    if (state !== undefined) sandbox.zone.destinations.set(sandbox.destination, state);
    const mailboxes = open(sandbox, clock);

    const outcome = await mailboxes.ensure(SPEC, {});
    const before = sandbox.zone.rules.length;
    await make(mailboxes);

    expect(outcome).toMatchObject({
      kind: 'human',
      task: { id: 'verify-destination', finding: expect.stringContaining(words) },
    });
    expect(before).toBe(0);
    expect(rulesFor(sandbox, SPEC.address)).toHaveLength(1);
  });

  it('never takes over or removes a rule that somebody else made', async () => {
    sandbox.zone.rules.push(aRule(SPEC.address));
    const mailboxes = open(sandbox, clock);

    const error = await mailFailure(mailboxes.ensure(SPEC, {}));
    await mailboxes.remove(SPEC);

    expect(error.code).toBe('name-taken');
    expect(sandbox.zone.rules).toHaveLength(1);
  });

  it('finds a rule on a later page', async () => {
    for (let n = 0; n < 120; n += 1) sandbox.zone.rules.push(aRule(`a${n}@acme.example`));
    sandbox.zone.rules.push(aRule(SPEC.address));

    const error = await mailFailure(open(sandbox, clock).ensure(SPEC, {}));

    expect(error.code).toBe('name-taken');
  });

  it.each([
    ['switched off', { enabled: false }],
    ['sent elsewhere', { actions: [{ type: 'forward', value: ['other@mail.example'] }] }],
  ])('mends its own rule that somebody has %s', async (_title, change) => {
    const mailboxes = open(sandbox, clock);
    await make(mailboxes);
    Object.assign(sandbox.zone.rules[0] ?? {}, change);

    await make(mailboxes);

    expect(rulesFor(sandbox, SPEC.address)).toMatchObject([
      { enabled: true, name: SPEC.marker, actions: [{ value: [sandbox.destination] }] },
    ]);
  });

  it('leaves one rule where two runs of its own made two', async () => {
    const mailboxes = open(sandbox, clock);
    await make(mailboxes);
    sandbox.zone.rules.push({ ...aRule(SPEC.address), name: SPEC.marker });

    await make(mailboxes);

    expect(rulesFor(sandbox, SPEC.address)).toHaveLength(1);
  });

  it('says plainly that the zone is full', async () => {
    for (let n = 0; n < 200; n += 1) sandbox.zone.rules.push(aRule(`a${n}@acme.example`));

    const error = await mailFailure(open(sandbox, clock).ensure(SPEC, {}));

    expect(error.code).toBe('limit-reached');
    expect(error.message).toContain('200');
  });

  it.each([
    ['rules:edit', 'Zone > Email Routing Rules > Edit'],
    ['addresses:read', 'Account > Email Routing Addresses > Read'],
  ] as const)('tells the doctor that the right %s is missing', async (permission, words) => {
    sandbox.zone.permissions.delete(permission);
    sandbox.zone.permissions.add('rules:read');

    const findings = await open(sandbox, clock).check();

    const problems = findings.filter(({ level }) => level === 'problem');
    expect(problems.map(({ message }) => message)).toEqual([`The token lacks ${words}.`]);
  });

  it('changes nothing by asking the doctor', async () => {
    await make(open(sandbox, clock));
    const before = structuredClone(sandbox.zone.rules);

    await open(sandbox, clock).check();

    expect(sandbox.zone.rules).toEqual(before);
  });

  it('warns of a token that sees DNS records', async () => {
    sandbox.zone.permissions.add('dns:read');

    const findings = await open(sandbox, clock).check();

    expect(findings.filter(({ level }) => level === 'warning')).toMatchObject([
      { message: expect.stringContaining('DNS records') },
    ]);
  });

  it('does without the right to see whether Email Routing is on', async () => {
    sandbox.zone.permissions.delete('zone:read');

    const findings = await open(sandbox, clock).check();

    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([]);
  });

  it.each([
    ['is off', () => void (sandbox.zone.enabled = false), {}, 'not ready'],
    ['is for another domain', () => undefined, { domain: 'other.example' }, 'not in the zone'],
  ])('tells the doctor that Email Routing %s', async (_title, prepare, extra, words) => {
    prepare();

    const findings = await open(sandbox, clock, extra).check();

    expect(findings.find(({ level }) => level === 'problem')?.message).toContain(words);
  });

  it('reports a token that Cloudflare does not take', async () => {
    const wrong = { api_token: new Secret('a-wrong-cloudflare-token') };

    const findings = await open(sandbox, clock, wrong).check();

    const problems = findings.filter(({ level }) => level === 'problem');
    expect(new Set(problems.map(({ message }) => message)).size).toBe(1);
    expect(problems[0]?.message).toContain('api_token');
  });
});
