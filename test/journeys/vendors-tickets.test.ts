import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Outside } from '../../src/sandbox/outside.ts';
import { PEOPLE } from '../../src/sandbox/people.ts';
import { startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';
import { playVendorJourney } from './vendor-journeys.ts';
import type { VendorJourney } from './vendor-journeys.ts';

let journey: Journey;
beforeAll(async () => {
  journey = await startJourney();
});
afterAll(() => journey.close());

// Jira Cloud with an ordinary account has its own in kinds-integration.test.ts.
const ROWS: readonly VendorJourney[] = [
  {
    title: 'at Jira Data Center is made without any person at the vendor',
    order: {
      connection: 'Jira Data Center acme',
      access: 'contributor',
      scope: ['Platform (PLAT)'],
      services: ['tickets'],
      localPart: 'flow-jira-dc',
    },
    tasks: [],
    secrets: ['password', 'token'],
    role: 'Developers of the chosen projects, no Jira administrator',
    scopes: [],
    isNot: 'is not a Jira administrator',
    sees: ['Platform'],
    tile: 'jira cloud & self-managed',
    users: ({ jiraServer }, { address }) =>
      jiraServer.state.users.filter(({ email }) => email === address).length,
  },
];

const SERVICE_ACCOUNT: VendorJourney = {
  title: '',
  order: {
    connection: 'Jira with service accounts',
    access: 'contributor',
    scope: ['Platform (PLAT)'],
    services: ['tickets'],
    localPart: 'flow-jira-service',
  },
  tasks: ['make-service-account', 'create-service-token'],
  role: 'Member of the chosen projects, no Jira administrator',
  scopes: ['read:jira-user', 'read:jira-work'],
  isNot: 'cannot change issues with this token',
  sees: ['Platform'],
  tile: 'jira cloud & self-managed',
  // Its address is of Atlassian's making, and nobody signs in as it.
  username: /@serviceaccount\.atlassian\.example$/,
  secrets: ['token'],
  users: ({ jira }, { marker }) =>
    jira.state.users.filter(({ service }) => service?.description === marker).length,
};

/** The sandbox's Jira, configured for service accounts. */
function jiraWithServiceAccounts({ jira }: Outside) {
  return {
    connections: [
      {
        id: 'jira',
        name: 'Jira with service accounts',
        vendor: 'jira-cloud',
        admin: PEOPLE.admin.id,
        ...jira.config,
        ...jira.withServiceAccounts,
      },
    ],
  };
}

describe('An integration account', () => {
  it('at Jira Cloud can be an Atlassian service account, without a password', async () => {
    const withServiceAccounts = await startJourney({ change: jiraWithServiceAccounts });
    try {
      const end = await playVendorJourney(withServiceAccounts, SERVICE_ACCOUNT);

      expect(end.request.state).toBe('done');
    } finally {
      await withServiceAccounts.close();
    }
  });

  it.each(ROWS.map((row) => [row.title, row] as const))('%s', async (_title, row) => {
    const end = await playVendorJourney(journey, row);

    expect(end.request.state).toBe('done');
  });
});
