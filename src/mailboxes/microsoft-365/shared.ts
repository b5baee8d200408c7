import { hasCode } from '../../domain/errors.ts';
import { done, human } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { humanTask } from '../../domain/task.ts';
import type { HumanTask } from '../../domain/task.ts';
import type { MailboxSpec } from '../mailboxes.ts';
import type { GraphClient, GraphUser } from './client.ts';
import type { MicrosoftConfig } from './schema.ts';

const ADMIN = {
  label: 'Open the Exchange admin center',
  url: 'https://admin.exchange.microsoft.com/#/mailboxes',
};

/** No call of Graph makes a shared mailbox, so a person does, and Graph shows that it is right. */
export async function ensureShared(
  config: MicrosoftConfig,
  client: GraphClient,
  spec: MailboxSpec,
): Promise<Outcome<void>> {
  const found = await client.findByMail(spec.address);
  const finding =
    found === undefined
      ? 'There is no mailbox with this address yet; a new one shows after some minutes.'
      : ((await lackOf(config, client, spec, found)) ?? null);
  return finding === null ? done(undefined) : human(makeTask(config, spec, finding));
}

/** What is not as it should be, as a sentence; undefined when all is well. */
async function lackOf(
  config: MicrosoftConfig,
  client: GraphClient,
  spec: MailboxSpec,
  found: GraphUser,
): Promise<string | undefined> {
  if (!isOurs(found, spec)) {
    return `There is a mailbox with this address, but its display name does not contain ${spec.marker}. If it is nobody else's, change its display name; else cancel the request and choose another address.`;
  }
  if (found.accountEnabled !== false) {
    return 'People can sign in to this mailbox directly. Block its sign-in, or make it a shared mailbox.';
  }
  if (config.read === 'none') return undefined;
  try {
    await client.openInbox(found.id);
    return undefined;
  } catch (error) {
    if (!hasCode(error, 'missing-permission', 'unavailable')) throw error;
    return error.message;
  }
}

/** Asks for its removal where it carries our mark, until it is gone. */
export async function removeShared(client: GraphClient, spec: MailboxSpec): Promise<Outcome<void>> {
  const found = await client.findByMail(spec.address);
  if (found === undefined || !isOurs(found, spec)) return done(undefined);
  return human(
    humanTask({
      id: 'remove-address',
      title: `Remove the shared mailbox ${spec.address}`,
      role: 'mail-admin',
      instructions: [
        `In the Exchange admin center, open Recipients, Mailboxes and find ${spec.address}`,
        'Delete it. In Exchange Online PowerShell:',
        `Remove-Mailbox -Identity "${spec.address}"`,
      ],
      links: [ADMIN],
      finding: 'The mailbox is still there.',
    }),
  );
}

function isOurs({ displayName }: GraphUser, { marker }: MailboxSpec): boolean {
  return displayName?.includes(marker) === true;
}

function makeTask(config: MicrosoftConfig, spec: MailboxSpec, finding: string): HumanTask {
  const name = `Flow service account ${spec.marker}`;
  const scope =
    config.read === 'none'
      ? []
      : [
          'Put it into the scope in which the app may read headers, if that scope does not take it in by its name.',
        ];
  return humanTask({
    id: 'make-address',
    title: `Make the shared mailbox ${spec.address}`,
    role: 'mail-admin',
    instructions: [
      'In the Exchange admin center, open Recipients, Mailboxes and choose "Add a shared mailbox".',
      `As display name, enter exactly: ${name}`,
      `As e-mail address, enter exactly: ${spec.address}`,
      `Or in Exchange Online PowerShell: New-Mailbox -Shared -Name "${spec.marker}" -DisplayName "${name}" -PrimarySmtpAddress "${spec.address}"`,
      'Give "Full Access" to the few people who are to open invitations.',
      ...scope,
    ],
    links: [ADMIN],
    warnings: [
      `It is for a service account: ${spec.purpose}`,
      'Whoever reads its mail can reset the password of the account, so let few people read it.',
    ],
    finding,
  });
}
