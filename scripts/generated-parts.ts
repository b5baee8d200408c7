import { automations } from '../src/automations/index.ts';
import { flowExample } from '../src/flow/schema.ts';
import { knowledgeBases } from '../src/knowledge/index.ts';
import { mailboxKinds } from '../src/mailboxes/index.ts';
import { BOT_SCOPES } from '../src/slack/scopes.ts';
import { policyText as awsPolicy } from '../src/stores/aws-secrets-manager/policy.ts';
import { policyText as azurePolicy } from '../src/stores/azure-key-vault/policy.ts';
import { policyText as googlePolicy } from '../src/stores/google-secret-manager/policy.ts';
import { policyText as onepasswordPolicy } from '../src/stores/onepassword-connect/policy.ts';
import { policyText } from '../src/stores/vault/policy.ts';
import { stores } from '../src/stores/index.ts';
import { vendors } from '../src/vendors/index.ts';
import type { Abilities, Ability, VendorDefinition } from '../src/vendors/vendor.ts';

interface Slice {
  readonly id: string;
  readonly name: string;
  readonly example: string;
}

/** The rights that our own credential needs; each vendor’s page says more. */
const OUR_RIGHTS: Readonly<Record<string, string>> = {
  github:
    'GitHub App: administration write, members write, metadata read, organization_personal_access_token_requests write, organization_personal_access_tokens read. Or an owner’s token: `admin:org`, `repo`',
  gitlab:
    'A token with the scope `api`: of an Owner of the top-level group, or of an administrator (then also `admin_mode`)',
  'github-enterprise-server':
    'A classic token of a site administrator who owns the organisation: `admin:org`, `repo`, `site_admin`',
  'github-managed-users':
    'As GitHub; and the setup user’s token with `scim:enterprise`, unless an identity provider makes the users',
  'jira-data-center': 'A personal access token of a Jira administrator',
  'bitbucket-data-center': 'Username and password of a Bitbucket administrator (Admin)',
  'jira-cloud': 'An API token of an organisation administrator who administers Jira',
  'bitbucket-cloud':
    'An API token of a workspace administrator: `admin:project`, `admin:repository`, `delete:permission`, `read:project`, `read:repository`, `read:user`, `read:workspace`, `write:permission`. Optional: a key of the organisation that may manage users',
  'azure-devops':
    'A Project Collection Administrator’s token: Graph Read & manage, Member Entitlement Management Read & write, Project and Team Read, Token Administration Read & manage. Or an application of Microsoft Entra that is such an administrator',
  'azure-devops-server': 'A reader’s token: Identity Read, Project and Team Read',
};

const parts: Readonly<Record<string, () => string>> = {
  vendors: vendorTable,
  'vendor-words': vendorWords,
  automations: () => list(automations, 'automations'),
  mailboxes: () => list(mailboxKinds, 'mailboxes'),
  stores: () => list(stores, 'stores'),
  knowledge: () => list(knowledgeBases, 'knowledge'),
  'slack-scopes': slackScopes,
  'vault-policy': () => fence('hcl', policyText('flow')),
  'aws-policy': () => fence('json', awsPolicy('eu-central-1', undefined)),
  'google-policy': () =>
    fence(
      'sh',
      googlePolicy(
        'acme-platform',
        'serviceAccount:flow-accounts@acme-platform.iam.gserviceaccount.com',
      ),
    ),
  'azure-policy': () => fence('sh', azurePolicy('https://acme-flow.vault.azure.net')),
  'onepassword-policy': () => fence('sh', onepasswordPolicy('hfnjvi6aymbsnfc2xeeoheizda')),
  'example flow': () => fence('yaml', inside('flow', flowExample)),
  ...examples(
    vendors,
    'connections',
    ({ id, name }) => `id: ${id}\nname: ${name}\nvendor: ${id}\nadmin: U0123456789`,
  ),
  ...examples(
    automations,
    'automations',
    ({ id, name }) => `id: ${id}\nname: ${name}\ntype: ${id}`,
  ),
  ...examples(mailboxKinds, 'mailboxes', null),
  ...examples(stores, 'store', null),
  ...examples(knowledgeBases, 'knowledge', null),
};

const PART = /<!-- generated: ([\w -]+) -->\n[\s\S]*?<!-- end -->/g;

/**
 * The document with every `<!-- generated: name --> … <!-- end -->` filled anew from the registries.
 * @throws Error for a part that does not exist
 */
export function fillParts(text: string): string {
  return text.replaceAll(PART, (_, name: string) => {
    const make = parts[name];
    if (make === undefined) throw new Error(`There is no generated part "${name}".`);
    return `<!-- generated: ${name} -->\n\n${make()}\n\n<!-- end -->`;
  });
}

/** Names of the parts, so that a test can tell which of them no document shows. */
export function partNames(): string[] {
  return Object.keys(parts);
}

function vendorTable(): string {
  return table(
    [
      'Vendor',
      '`vendor:`',
      'Make the user',
      'Give access',
      'Make the credential',
      'Revoke it',
      'Remove the user',
      'Flow reads',
      'For automations',
    ],
    vendors.flatMap((vendor) => [
      vendorRow(vendor, `[${vendor.name}](vendors/${vendor.id}.md)`, vendor.abilities),
      ...(vendor.variants ?? []).map(({ when, abilities }) =>
        vendorRow(vendor, `… ${when}`, { ...vendor.abilities, ...abilities }),
      ),
    ]),
  );
}

function vendorRow(vendor: VendorDefinition, name: string, can: Abilities): string[] {
  return [
    name,
    `\`${vendor.id}\``,
    ...[can.user, can.access, can.credential, can.revoke, can.remove].map(abilityWord),
    vendor.services.join(', '),
    vendor.git ? 'yes' : 'no',
  ];
}

function abilityWord(ability: Ability): string {
  const words = { automatic: 'the app', human: 'a person, checked', absent: 'not possible' };
  return words[ability];
}

function vendorWords(): string {
  return table(
    ['Vendor', '“Owner” means', '“Contributor” means', 'Scope', 'Tile in Flow', 'What we need'],
    vendors.map((vendor) => [
      vendor.name,
      accessWord(vendor, 'owner'),
      accessWord(vendor, 'contributor'),
      vendor.scopeWord,
      vendor.flowTile,
      rightsOf(vendor.id),
    ]),
  );
}

function accessWord({ accessWords }: VendorDefinition, access: 'owner' | 'contributor'): string {
  const { label, hint } = accessWords[access];
  return `${label}. ${hint}`;
}

function rightsOf(id: string): string {
  const rights = OUR_RIGHTS[id];
  if (rights === undefined) throw new Error(`Say in OUR_RIGHTS what ${id} needs.`);
  return `${rights}. [More](vendors/${id}.md#prepare)`;
}

function list(registry: readonly Slice[], room: string): string {
  return table(
    ['Adapter', '`type:`'],
    registry.map(({ id, name }) => [`[${name}](adapters/${room}.md#${id})`, `\`${id}\``]),
  );
}

function slackScopes(): string {
  return table(
    ['Scope', 'Why'],
    Object.entries(BOT_SCOPES).map(([scope, why]) => [`\`${scope}\``, why]),
  );
}

function examples(
  registry: readonly Slice[],
  key: string,
  shared: ((slice: Slice) => string) | null,
): Record<string, () => string> {
  return Object.fromEntries(
    registry.map((slice) => {
      const own = slice.example.replace(/^(?:type|vendor): .*\n/, '');
      const lines = `${shared?.(slice) ?? `type: ${slice.id}`}\n${own}`;
      const text = shared === null ? inside(key, lines) : inside(key, asItem(lines));
      return [`example ${key} ${slice.id}`, () => fence('yaml', text)];
    }),
  );
}

function inside(key: string, lines: string): string {
  return `${key}:\n${indent(lines)}`;
}

function asItem(lines: string): string {
  return `- ${indent(lines).trimStart()}`;
}

function indent(lines: string): string {
  return lines
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text}\n\`\`\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
