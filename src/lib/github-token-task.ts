import { humanTask } from '../domain/task.ts';
import type { HumanTask } from '../domain/task.ts';
import type { GitHubOrder } from './github-order.ts';
import type { GitHubPlace } from './github-place.ts';
import { isWholeOrganisation } from './github-rights.ts';
import type { TokenShape } from './github-rights.ts';
import { chosenRepositories } from './github-scope.ts';

export interface TokenToMake {
  readonly id: string;
  readonly shape: TokenShape;
  /** The first instruction: how a person comes to act as the account there. */
  readonly signIn: string;
  readonly name: string;
  readonly days: number;
  readonly warnings?: readonly string[];
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Guides a person, signed in as the account, to the page that makes exactly this token. */
export function makeTokenTask(
  place: Pick<GitHubPlace, 'org' | 'clock'> & { readonly webUrl: string },
  order: GitHubOrder,
  { id, shape, signIn, name, days, warnings = [] }: TokenToMake,
): HumanTask {
  const until = new Date(place.clock.now().getTime() + days * DAY_MS).toISOString().slice(0, 10);
  const kind = shape.kind === 'classic' ? 'classic' : 'fine-grained';
  const page = shape.kind === 'classic' ? 'tokens/new' : 'personal-access-tokens/new';
  return humanTask({
    id,
    title: `Make the ${kind} token ${name}`,
    role: 'vendor-admin',
    instructions: [
      signIn,
      ...(shape.kind === 'classic'
        ? classicSteps(name, until, shape.scopes)
        : fineGrainedSteps(place.org, order, name, until, shape)),
      'Press "Generate token" and copy it. GitHub shows it only once.',
    ],
    links: [
      { label: 'New token', url: `${place.webUrl}/settings/${page}` },
      ...(order.passwordUrl === null
        ? []
        : [{ label: 'Password in the secret store', url: order.passwordUrl }]),
    ],
    warnings: ['Never paste the token into Slack.', ...warnings],
    deposit: { label: `GitHub ${kind} token`, secretName: `${order.marker}-token` },
    pollMs: null,
  });
}

/** Where an organisation uses single sign-on, a classic token is worth nothing until authorised. */
export function singleSignOnWarnings({ kind }: TokenShape, org: string): string[] {
  if (kind !== 'classic') return [];
  return [
    `If ${org} uses single sign-on: press "Configure SSO" beside the token and authorise ${org}.`,
  ];
}

function classicSteps(name: string, until: string, scopes: readonly string[]): string[] {
  return [
    'Open Settings > Developer settings > Personal access tokens > Tokens (classic) > Generate new token (classic).',
    `Note: ${name}`,
    `Expiration: Custom, ${until} or earlier.`,
    `Select scopes: exactly ${scopes.join(', ')}.`,
  ];
}

function fineGrainedSteps(
  org: string,
  order: GitHubOrder,
  name: string,
  until: string,
  { permissions }: Extract<TokenShape, { kind: 'fine-grained' }>,
): string[] {
  const named = (group: string) =>
    permissions
      .filter((permission) => permission.group === group)
      .map(({ label, level }) => `${label}: ${level === 'read' ? 'Read-only' : 'Read and write'}`)
      .join(', ');
  const organisation = named('organization');
  const repositories = chosenRepositories(order, org).map(({ repo }) => repo);
  return [
    'Open Settings > Developer settings > Personal access tokens > Fine-grained tokens > Generate new token.',
    `Token name: ${name}`,
    `Resource owner: ${org}. Not the account itself.`,
    `Expiration: Custom, ${until} or earlier.`,
    isWholeOrganisation(order)
      ? 'Repository access: All repositories.'
      : `Repository access: Only select repositories, exactly ${repositories.join(', ')}.`,
    `Repository permissions: exactly ${named('repository')}.`,
    `Organization permissions: ${organisation === '' ? 'none' : `exactly ${organisation}`}.`,
  ];
}
