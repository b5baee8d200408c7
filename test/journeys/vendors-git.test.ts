import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';
import { playVendorJourney } from './vendor-journeys.ts';
import type { VendorJourney } from './vendor-journeys.ts';

let journey: Journey;
beforeAll(async () => {
  journey = await startJourney();
});
afterAll(() => journey.close());

const READ_ACME = 'Member of the organisation acme, with read on the chosen repositories';

// GitHub and GitLab have theirs in kinds-integration.test.ts.
const ROWS: readonly VendorJourney[] = [
  {
    title: 'on a GitHub Enterprise Server is made without any person at the vendor',
    order: {
      connection: 'GitHub Server acme',
      access: 'contributor',
      scope: ['acme/web'],
      services: ['repositories', 'pull-requests'],
      localPart: 'flow-ghes',
    },
    tasks: [],
    secrets: ['token'],
    role: READ_ACME,
    scopes: ['read:org', 'read:user', 'repo'],
    isNot: 'is not a site administrator',
    // The public repository is open to everybody.
    sees: ['acme/web', 'acme/website'],
    tile: 'github enterprise',
    users: ({ githubServer }, { address }) =>
      githubServer.world.state.users.filter(({ email }) => email === address).length,
  },
  {
    title: 'of GitHub Enterprise Managed Users leaves only its token to a person',
    order: {
      connection: 'GitHub Enterprise acme',
      access: 'contributor',
      scope: ['acme/web'],
      services: ['repositories', 'pull-requests'],
      localPart: 'flow-emu',
    },
    tasks: ['make-token'],
    secrets: ['password', 'token'],
    role: READ_ACME,
    scopes: [
      'Organization permission Members: read-only',
      'Repository permission Contents: read-only',
      'Repository permission Issues: read-only',
      'Repository permission Metadata: read-only',
      'Repository permission Pull requests: read-only',
    ],
    isNot: 'is not an owner of the organisation',
    // The public repository is open to everybody.
    sees: ['acme/web', 'acme/website'],
    tile: 'github',
    users: ({ githubManaged }, { marker }) =>
      githubManaged.provisioning.records.filter(({ externalId }) => externalId === marker).length,
  },
  {
    title: 'at Bitbucket Cloud is invited by the app and finished by people',
    order: {
      connection: 'Bitbucket acme',
      access: 'contributor',
      scope: ['Platform (PLAT)'],
      services: ['repositories', 'pull-requests'],
      localPart: 'flow-bitbucket',
    },
    tasks: ['finish-sign-up', 'create-api-token'],
    secrets: ['password', 'token'],
    role: 'Read in the chosen projects and repositories',
    scopes: [
      'read:pullrequest:bitbucket',
      'read:repository:bitbucket',
      'read:user:bitbucket',
      'read:workspace:bitbucket',
    ],
    isNot: 'does not administer the workspace',
    sees: ['acme/api', 'acme/worker'],
    tile: 'bitbucket',
    users: ({ bitbucket }, { address }) =>
      bitbucket.state.users.filter(({ email, member }) => email === address && member).length,
  },
  {
    title: 'at Bitbucket Data Center is made without any person at the vendor',
    order: {
      connection: 'Bitbucket Data Center acme',
      access: 'contributor',
      scope: ['Platform (PLAT)'],
      services: ['repositories', 'pull-requests'],
      localPart: 'flow-stash',
    },
    tasks: [],
    secrets: ['password', 'token'],
    role: 'Read in the chosen projects and repositories',
    scopes: ['PROJECT_READ', 'REPO_READ'],
    isNot: 'is not an administrator of Bitbucket',
    sees: ['PLAT/api', 'PLAT/web'],
    tile: 'bitbucket server',
    username: /^flow-stash-[a-z\d]{6}$/,
    users: ({ bitbucketServer }, { address }) =>
      bitbucketServer.state.users.filter(({ email }) => email === address).length,
  },
  {
    title: 'at Azure DevOps gets its identity and its token from people, and the rest from the app',
    order: {
      connection: 'Azure DevOps acme',
      access: 'contributor',
      scope: ['Platform'],
      services: ['repositories', 'pull-requests', 'tickets'],
      localPart: 'flow-azure',
    },
    tasks: ['make-identity', 'make-token'],
    secrets: ['password', 'token'],
    role: 'Readers of the chosen projects',
    scopes: ['vso.build', 'vso.code', 'vso.graph', 'vso.identity', 'vso.project', 'vso.work'],
    isNot: 'is not a token for all organisations',
    sees: ['Platform'],
    tile: 'azure devops',
    users: ({ azure }, { address }) =>
      azure.state.members.filter(({ principalName }) => principalName === address).length,
  },
  {
    title: 'on an Azure DevOps Server is made by people, and every step is checked',
    order: {
      connection: 'Azure DevOps Server acme',
      access: 'contributor',
      scope: ['Platform'],
      services: ['repositories', 'pull-requests', 'tickets'],
      localPart: 'flow-tfs',
    },
    tasks: ['make-account', 'make-token'],
    secrets: ['password', 'token'],
    role: 'Readers of the chosen projects',
    scopes: ['vso.build', 'vso.code', 'vso.identity', 'vso.project', 'vso.work'],
    isNot: 'is not a token with full access',
    sees: ['Platform'],
    tile: 'azure devops server',
    // Flow must be told the domain too, and its API shows the name that it was told.
    username: /^ACME\\flow-tfs-[a-z\d]+$/,
    users: ({ azureServer }, { marker }) =>
      azureServer.state.identities.filter(({ displayName }) => displayName.includes(marker)).length,
  },
];

describe('An integration account', () => {
  it.each(ROWS.map((row) => [row.title, row] as const))('%s', async (_title, row) => {
    const end = await playVendorJourney(journey, row);

    expect(end.request.state).toBe('done');
  });
});
