import { toProductError } from '../../domain/errors.ts';
import { ok, problem, warning } from '../../domain/finding.ts';
import type { Finding } from '../../domain/finding.ts';
import type { GraphClient } from './client.ts';
import { NAME } from './explain.ts';
import type { MicrosoftConfig } from './schema.ts';
import type { MicrosoftToken } from './token.ts';

/** https://learn.microsoft.com/graph/permissions-reference */
const NEEDED = {
  user: ['User.ReadWrite.All', 'LicenseAssignment.ReadWrite.All', 'LicenseAssignment.Read.All'],
  shared: ['User.Read.All'],
} as const satisfies Record<MicrosoftConfig['mode'], readonly string[]>;

/** In Graph this covers every mailbox there is; in Exchange it can be limited to ours. */
const READS_EVERYTHING = 'Mail.ReadBasic.All';
const WHERE = 'Entra admin center > App registrations > API permissions';
const LIMIT =
  'Take it away there and give the app the Exchange role "Application Mail.ReadBasic" with a scope instead; the documentation shows how.';

export async function checkMicrosoft(
  config: MicrosoftConfig,
  client: GraphClient,
  token: MicrosoftToken,
): Promise<Finding[]> {
  try {
    const permissions = await token.permissions();
    const rights = permissions === undefined ? [unknown()] : checkRights(config, permissions);
    if (config.mode === 'shared' || rights.some(({ level }) => level === 'problem')) return rights;
    return [...rights, await checkLicense(config.license, client)];
  } catch (error) {
    const { message } = toProductError(error, NAME);
    return [problem(NAME, message, 'Look at mailboxes in the configuration.')];
  }
}

function checkRights(config: MicrosoftConfig, permissions: readonly string[]): Finding[] {
  const subject = `${NAME}: permissions`;
  const needed: readonly string[] = NEEDED[config.mode];
  const missing = needed.filter((each) => !permissions.includes(each));
  const readsAll = config.read === 'graph' && permissions.includes(READS_EVERYTHING);
  const more = permissions.filter(
    (each) => !needed.includes(each) && !(readsAll && each === READS_EVERYTHING),
  );
  return [
    ...(missing.length === 0
      ? []
      : [
          problem(
            subject,
            `Missing: ${missing.join(', ')}.`,
            `Add them and grant consent: ${WHERE}.`,
          ),
        ]),
    ...(more.length === 0
      ? []
      : [warning(subject, `More than the app needs: ${more.join(', ')}.`, `Remove: ${WHERE}.`)]),
    ...(readsAll
      ? [warning(subject, `${READS_EVERYTHING} covers the headers of every mailbox.`, LIMIT)]
      : []),
    ...(missing.length + more.length === 0 && !readsAll
      ? [ok(subject, 'Exactly the permissions in Microsoft Graph that are needed are granted.')]
      : []),
  ];
}

function unknown(): Finding {
  return warning(
    `${NAME}: permissions`,
    'Microsoft’s token does not tell which permissions it has.',
    `Compare them with the documentation: ${WHERE}.`,
  );
}

async function checkLicense(partNumber: string, client: GraphClient): Promise<Finding> {
  const subject = `${NAME}: licences`;
  const sku = await client.findSku(partNumber);
  if (sku === undefined) {
    const advice = 'Look at mailboxes.license; an example is EXCHANGESTANDARD.';
    return problem(subject, `There is no product with the part number ${partNumber}.`, advice);
  }
  const free = sku.prepaidUnits.enabled - sku.consumedUnits;
  const words = `${partNumber}: ${Math.max(0, free)} of ${sku.prepaidUnits.enabled} are free.`;
  return free > 0
    ? ok(subject, words)
    : problem(subject, words, 'Each address takes one. Buy or free a licence.');
}
