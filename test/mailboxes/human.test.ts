import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createLog } from '../../src/lib/log.ts';
import { human } from '../../src/mailboxes/human/index.ts';
import { openSandbox } from '../../src/mailboxes/human/sandbox.ts';
import type { HumanSandbox } from '../../src/mailboxes/human/sandbox.ts';
import { humanSchema } from '../../src/mailboxes/human/schema.ts';
import type { Mailboxes } from '../../src/mailboxes/mailboxes.ts';
import {
  aMailbox,
  describeMailboxes,
  journal,
  mailboxClock,
  mailFailure,
} from '../contracts/mailbox-contract.ts';

const log = createLog('silent');
const SPEC = aMailbox('flow-api@acme.example');

function open(sandbox: HumanSandbox, clock: { now(): Date }, extra = {}): Mailboxes {
  const config = humanSchema.parse({ ...sandbox.config, timeout_ms: 400, ...extra });
  return human.open(config, { clock, log });
}

describeMailboxes({
  name: 'A mail admin',
  address: SPEC.address,
  async open() {
    const clock = mailboxClock();
    const sandbox = await openSandbox({ clock });
    return { mailboxes: open(sandbox, clock), sandbox, clock };
  },
  received: (sandbox) => sandbox.messages().map((mail) => mail.raw),
  loseAnswer: (sandbox) => sandbox.smtp.failNext('drop-after-effect'),
});

describe('An address made by a mail admin', () => {
  const clock = mailboxClock();
  let sandbox: HumanSandbox;

  beforeEach(async () => {
    sandbox = await openSandbox({ clock });
  });

  afterEach(() => sandbox.close());

  it('is asked for with its exact name, purpose and the operator’s hint', async () => {
    const extra = { hint: 'Make it an alias.', admin_url: 'https://mail.acme.example/admin' };
    const outcome = await open(sandbox, clock, extra).ensure(SPEC, {});

    expect(outcome).toMatchObject({ kind: 'human', task: { role: 'mail-admin', pollMs: null } });
    const text = JSON.stringify(outcome);
    for (const part of [SPEC.address, SPEC.purpose, SPEC.marker, extra.hint, extra.admin_url]) {
      expect(text).toContain(part);
    }
  });

  it('is not proven by saying that it was made', async () => {
    const mailboxes = open(sandbox, clock);
    const said = await mailboxes.ensure(SPEC, { readers: 'platform-team@acme.example' });
    const book = journal();

    const error = await mailFailure(mailboxes.prove(SPEC, null, {}, book.keep));

    expect(said.kind).toBe('done');
    expect(error.code).toBe('refused');
    expect(error.message).toContain('mail admin');
  });

  it('follows the pattern of the configuration, whatever signs are in the local part', () => {
    const mailboxes = open(sandbox, clock, { address: 'svc-{local}@Mail.Acme.example' });

    expect(mailboxes.address('a$&b')).toBe('svc-a$&b@mail.acme.example');
  });

  it('is reported by the doctor when the mail server is not there', async () => {
    const mailboxes = open(sandbox, clock);
    await sandbox.close();

    const findings = await mailboxes.check();

    expect(findings.map((finding) => finding.level)).toEqual(['problem']);
  });
});
