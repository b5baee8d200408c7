import { z } from 'zod';

import { hasCode, toProductError } from '../../domain/errors.ts';
import { ok, problem, warning } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import { Secret } from '../../domain/secret.ts';
import { deniedOf, isAllowed } from '../probe.ts';
import type { AwsClient } from './client.ts';
import { SYSTEM } from './failures.ts';
import { PREFIX, policyText, strangersIn } from './policy.ts';
import { policyDocument } from './schema.ts';
import type { AwsConfig } from './schema.ts';

// No account has these names: what is asked about them can do nothing.
const NOTHING = `${PREFIX}doctor-looks-here`;
const OUTSIDER = 'not-an-account-of-flow';

/** May we do exactly what we must, and can nobody else read what we stored? */
export async function checkAws(client: AwsClient, config: AwsConfig): Promise<Finding[]> {
  const findings: Finding[] = [];
  const looks = [() => checkRights(client, config), () => checkReaders(client, config)];
  for (const look of looks) {
    const finding = await look().catch(report);
    findings.push(finding);
    if (finding.level === 'problem') break;
  }
  return findings;
}

async function checkRights(client: AwsClient, config: AwsConfig): Promise<Finding> {
  const subject = `${SYSTEM}: policy`;
  const advice = `Give our role exactly this policy:\n${policyText(config.region, config.kms_key_id)}`;
  const denied = await deniedOf([
    { permission: 'DescribeSecret', call: () => client.describe(NOTHING) },
    { permission: 'GetSecretValue', call: () => client.value(NOTHING, 'x'.repeat(32)) },
    {
      permission: 'PutSecretValue',
      call: () => client.put(NOTHING, 'x'.repeat(32), new Secret('nothing')),
    },
    { permission: 'TagResource', call: () => client.tag(NOTHING, { marker: 'nothing' }) },
    { permission: 'DeleteSecret', call: () => client.schedule(NOTHING) },
    { permission: 'GetResourcePolicy', call: () => client.resourcePolicy(NOTHING) },
  ]);
  if (denied.length > 0) return problem(subject, `Our policy lacks ${denied.join(', ')}.`, advice);
  if (await isAllowed(() => client.value(OUTSIDER, 'x'.repeat(32)))) {
    return warning(subject, 'Our policy also allows reading the secrets of others.', advice);
  }
  return ok(
    subject,
    'AWS accepts our keys, and our policy allows what is needed and not the secrets of others. Only CreateSecret cannot be tried without making a secret.',
  );
}

/** A secret's own policy can open it to others, whatever ours says. */
async function checkReaders(client: AwsClient, { readers }: AwsConfig): Promise<Finding> {
  const subject = `${SYSTEM}: who may read`;
  const names = await storedNames(client);
  if (names === undefined) {
    return ok(
      subject,
      'The policies of stored secrets were not looked at: that needs ListSecrets, which is optional.',
    );
  }
  const open: string[] = [];
  for (const name of names) {
    const strangers = strangersIn(await policyOf(client, name), readers);
    if (strangers.length > 0) open.push(`${name} (${strangers.join(', ')})`);
  }
  if (open.length === 0) {
    return ok(subject, `No policy opens any of the ${names.length} stored secrets to others.`);
  }
  return warning(
    subject,
    `Secrets are readable through policies of their own: ${open.join('; ')}.`,
    'Take these principals out of the secrets’ resource policies, or, if they should read, list them in `readers`.',
  );
}

/** Undefined when we may not list; that is not needed for anything else. */
async function storedNames(client: AwsClient): Promise<string[] | undefined> {
  const names: string[] = [];
  let page: string | undefined;
  try {
    do {
      const answer = await client.list(PREFIX, page);
      names.push(...answer.SecretList.map(({ Name }) => Name));
      page = answer.NextToken;
    } while (page !== undefined);
  } catch (error) {
    if (hasCode(error, 'missing-permission')) return undefined;
    throw error;
  }
  // AWS compares names word by word, so it also finds others.
  return names.filter((name) => name.startsWith(PREFIX));
}

async function policyOf(client: AwsClient, name: string) {
  const { ResourcePolicy: text } = await client.resourcePolicy(name);
  if (text === undefined) return { Statement: [] };
  const parsed = z.string().transform(asJson).pipe(policyDocument).safeParse(text);
  return parsed.success ? parsed.data : UNREADABLE;
}

/** On the safe side: what cannot be understood may allow anything. */
const UNREADABLE = {
  Statement: [{ Effect: 'Allow', Action: ['*'], Principal: 'a policy that cannot be understood' }],
};

function asJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function report(thrown: unknown): Finding {
  const error = toProductError(thrown, SYSTEM);
  const advice = hasCode(error, 'timeout', 'unreachable')
    ? 'Check `region`, `endpoint` and that this machine may reach it.'
    : 'Check `region`, `endpoint` and `auth` in the configuration.';
  return problem(SYSTEM, error.message, advice);
}
