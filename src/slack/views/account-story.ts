import type { KnownBlock } from '@slack/types';

import type { AccountStory } from '../../accounts/inventory.ts';
import type { AuditAction, AuditEntry } from '../../domain/audit.ts';
import { context, message, section } from '../blocks.ts';
import type { Message } from '../blocks.ts';
import type { Catalogue } from '../catalogue.ts';
import { bold, clipMarkup, joinUpTo, moment, person, say, words } from '../text.ts';
import type { Markup } from '../text.ts';

const LINE = 400;
const PER_SECTION = 7;

/** What happened with an account, oldest first; what does not fit is left to the export. */
export function accountStory(story: AccountStory, catalogue: Catalogue): Message {
  const { account, origin, entries, more } = story;
  const text = say`What happened with ${account.id}, ${words(account.address, 200)}, newest last:`;
  const title = (step: string): string => catalogue.stepTitle(origin, step);
  const lines = entries.map((entry) => storyLine(entry, account.id, title));
  const sections: KnownBlock[] = [];
  for (let at = 0; at < lines.length; at += PER_SECTION) {
    sections.push(section(joinUpTo(lines.slice(at, at + PER_SECTION), 3000)));
  }
  return message(text, [
    section(bold(text)),
    ...(more ? [context(say`Older events are left out here. ${whole(account.id)}`)] : []),
    ...sections,
    ...(more ? [] : [context(say`${whole(account.id)}`)]),
  ]);
}

function whole(id: string): Markup {
  return say`The operator’s command line writes the whole story to a file: \`npm run --silent cli -- audit export --account ${id}\``;
}

function storyLine(entry: AuditEntry, account: string, title: (step: string) => string): Markup {
  const where = entry.subject === account ? say`` : say` (${words(entry.subject, 20)})`;
  const what = WORDS[entry.action] ?? entry.action.replaceAll('-', ' ');
  const line = say`${moment(entry.at)} ${person(entry.actor)}${where}: ${what}${details(entry, title)}`;
  return clipMarkup(line, LINE);
}

/** What the actions' own names do not say well; new actions are told by their names. */
const WORDS: Partial<Readonly<Record<AuditAction, string>>> = {
  requested: 'asked for it',
  'auto-approved': 'approved by a rule',
  'break-glass': 'approved alone, without the other approvers',
  expired: 'nobody decided in time',
  reminded: 'reminded the approvers',
  escalated: 'asked further approvers',
  refused: 'was refused',
  started: 'began',
  'step-done': 'done',
  'step-failed': 'did not get on',
  'task-opened': 'gave a task to a person',
  'task-answered': 'reported a task as done',
  'task-checked': 'checked a task',
  retried: 'tried again',
  failed: 'stopped at a problem',
  'undo-started': 'began to undo it',
  'rolled-back': 'took back what was made and kept the old credential',
  'dry-run': 'tried it without changes',
  'account-closed': 'closed the account',
  'account-changed': 'changed the account',
  'account-checked': 'checked the account',
  'secret-destroyed': 'destroyed a stored secret',
  'step-undone': 'undone',
  completed: 'completed and verified',
  'credential-read': 'read the stored credential',
  'credential-deposited': 'handed in a credential',
  'deposit-refused': 'handed in a credential that was not accepted',
  'deposit-opened': 'got a link to hand in a credential',
};

const MOST_DETAILS = 4;

function details(entry: AuditEntry, title: (step: string) => string): Markup {
  const { step, ...others } = entry.details;
  const told = Object.entries(others)
    .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value) && value !== '')
    .slice(0, MOST_DETAILS)
    .map(([key, value]) => `${spaced(key)}: ${String(value)}`);
  const all = [...(typeof step === 'string' ? [title(step)] : []), ...told];
  return all.length === 0 ? say`` : say`, ${words(all.join('; '), 250)}`;
}

/** `wasSeen` → "was seen". */
function spaced(key: string): string {
  return key.replaceAll(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`);
}
