import { hasCode, ProductError } from '../../domain/errors.ts';
import { done, human } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { humanTask } from '../../domain/task.ts';
import type { HumanTask } from '../../domain/task.ts';
import { addressTaken } from '../made-address.ts';
import type { MailboxSpec } from '../mailboxes.ts';
import { NAME } from './client.ts';
import type { CloudflareClient, Destination, NewRule, Rule } from './client.ts';
import type { CloudflareConfig } from './schema.ts';

/** https://developers.cloudflare.com/email-routing/limits/ */
export const MOST_RULES = 200;

/** One rule that forwards the address; with two for one address Cloudflare would obey the newer. */
export async function ensureRule(
  config: CloudflareConfig,
  client: CloudflareClient,
  spec: MailboxSpec,
): Promise<Outcome<void>> {
  const rules = await ownRules(client, spec);
  const task = destinationTask(config, await client.destinations());
  if (task !== undefined) return human(task);
  const [first, ...more] = rules;
  const wanted = ruleFor(config, spec);
  if (first === undefined) await add(client, wanted);
  else if (!isRight(first, wanted)) await client.changeRule(idOf(first), wanted);
  for (const rule of more) await client.removeRule(idOf(rule));
  return done(undefined);
}

export async function removeRule(
  client: CloudflareClient,
  spec: MailboxSpec,
): Promise<Outcome<void>> {
  const rules = (await client.rules()).filter((rule) => isOurs(rule, spec));
  for (const rule of rules) await client.removeRule(idOf(rule));
  return done(undefined);
}

async function ownRules(client: CloudflareClient, spec: MailboxSpec): Promise<Rule[]> {
  const rules = (await client.rules()).filter((rule) => isAbout(rule, spec.address));
  if (rules.every((rule) => isOurs(rule, spec))) return rules;
  throw addressTaken(spec.address, 'another routing rule');
}

async function add(client: CloudflareClient, rule: NewRule): Promise<void> {
  try {
    await client.addRule(rule);
  } catch (error) {
    if (!hasCode(error, 'refused')) throw error;
    // 400 has many causes; whether the zone is full shows only by counting.
    const count = (await client.rules()).length;
    if (count < MOST_RULES) throw error;
    throw new ProductError('limit-reached', {
      subject: NAME,
      message: `The zone has ${count} routing rules, and Cloudflare allows ${MOST_RULES}. Remove some, then try again.`,
    });
  }
}

function ruleFor({ destination }: CloudflareConfig, { address, marker }: MailboxSpec): NewRule {
  return {
    name: marker,
    enabled: true,
    matchers: [{ type: 'literal', field: 'to', value: address }],
    actions: [{ type: 'forward', value: [destination] }],
  };
}

function isAbout({ matchers }: Rule, address: string): boolean {
  return matchers.some(
    ({ field, value }) => field === 'to' && value?.toLowerCase() === address.toLowerCase(),
  );
}

function isOurs(rule: Rule, { address, marker }: MailboxSpec): boolean {
  return rule.name === marker && isAbout(rule, address);
}

function isRight({ enabled, actions }: Rule, wanted: NewRule): boolean {
  const [action, ...more] = actions;
  const [goal] = wanted.actions;
  const isSame = action?.type === goal?.type && action?.value.join() === goal?.value.join();
  return enabled && isSame && more.length === 0;
}

function idOf({ id, tag }: Rule): string {
  const known = id ?? tag;
  if (known !== undefined) return known;
  throw new ProductError('unexpected-answer', {
    subject: NAME,
    message: 'Cloudflare listed a routing rule without its id.',
  });
}

/** Undefined when Cloudflare forwards to the destination. */
function destinationTask(
  { destination, account_id }: CloudflareConfig,
  known: readonly Destination[],
): HumanTask | undefined {
  const found = known.find(({ email }) => email.toLowerCase() === destination);
  if (found?.verified != null) return undefined;
  const add =
    found === undefined
      ? [`Choose "Add destination address" and enter exactly: ${destination}`]
      : [`Find ${destination}. If its mail has got lost, choose "Resend".`];
  return humanTask({
    id: 'verify-destination',
    title: `Verify ${destination} at Cloudflare`,
    role: 'mail-admin',
    instructions: [
      'In Cloudflare, open Email Routing, Destination addresses.',
      ...add,
      `Open the mailbox ${destination}, and in it the mail from Cloudflare, and confirm the address.`,
    ],
    links: [
      {
        label: 'Open Email Routing',
        url: `https://dash.cloudflare.com/${account_id}/email-service/routing`,
      },
    ],
    warnings: ['Mail to all service accounts goes there, so let few people read it.'],
    finding:
      found === undefined
        ? `Cloudflare does not know ${destination} as a destination yet.`
        : `Cloudflare waits for the confirmation of ${destination}.`,
  });
}
