import { done, human as byHuman } from '../../domain/outcome.ts';
import { humanTask } from '../../domain/task.ts';
import type { HumanTask } from '../../domain/task.ts';
import type { AdapterDeps } from '../../lib/adapter.ts';
import { proveByChallenge } from '../challenge.ts';
import { defineMailboxes } from '../mailboxes.ts';
import type { Mailboxes, MailboxSpec } from '../mailboxes.ts';
import { openPost } from '../smtp.ts';
import { humanExample, humanSchema } from './schema.ts';
import type { HumanConfig } from './schema.ts';

/** Addresses that a mail admin makes by hand; the code from a mail proves that they work. */
export const human = defineMailboxes({
  id: 'human',
  name: 'A mail admin makes each address',
  byHand: true,
  schema: humanSchema,
  example: humanExample,
  open: openHuman,
});

function openHuman(config: HumanConfig, { clock }: AdapterDeps): Mailboxes {
  const post = openPost(config.smtp, config.timeout_ms);
  const tools = { clock, send: post.send, search: null };

  return {
    address: (localPart) => config.address.replace('{local}', () => localPart),
    async ensure(spec, answers) {
      // Nothing can look whether the address is there; the next step's mail proves what is said here.
      const reader = answers['readers']?.trim() ?? '';
      return reader === '' ? byHuman(createTask(config, spec)) : done(undefined);
    },
    prove: (spec, challenge, answers, keep) =>
      proveByChallenge(tools, spec, challenge, answers, keep),
    remove: async () => done(undefined),
    check: () => post.check(),
  };
}

function createTask(config: HumanConfig, spec: MailboxSpec): HumanTask {
  return humanTask({
    id: 'make-address',
    title: `Make the e-mail address ${spec.address}`,
    role: 'mail-admin',
    instructions: [
      `Make a mailbox, an alias or a group with exactly this address: ${spec.address}`,
      ...(config.hint === undefined ? [] : [config.hint]),
      'Let it receive mail from outside your organisation: vendors send invitations to it.',
      `As its description, enter: ${spec.marker}`,
      'Press "Done" and say who reads its mail. The app then mails a code to it.',
    ],
    links:
      config.admin_url === undefined ? [] : [{ label: 'Open mail admin', url: config.admin_url }],
    warnings: [
      `It is for a service account: ${spec.purpose}`,
      'Whoever reads its mail can reset the password of the account, so let few people read it.',
    ],
    fields: [
      {
        id: 'readers',
        label: 'Who reads its mail',
        hint: 'A mailbox or a group; no password',
        example: 'platform-team@example.com',
      },
    ],
    pollMs: null,
  });
}
