import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { marker } from '../../src/domain/naming.ts';
import { startJourney } from '../support/journey.ts';
import type { Journey } from '../support/journey.ts';
import {
  expectConfirmation,
  expectOneCard,
  expectWholeStory,
  pageInConfluence,
  playToTheEnd,
  secretsInVault,
} from './verified-end.ts';

let journey: Journey;
beforeAll(async () => {
  journey = await startJourney();
});
afterAll(() => journey.close());

describe('An integration account', () => {
  it('at GitHub is registered, invited and deposited by people, and verified at the end', async () => {
    const { github, flow } = journey.sandbox.outside;

    const end = await playToTheEnd(journey, {
      kind: 'integration',
      connection: 'GitHub acme',
      access: 'contributor',
      scope: ['acme/web'],
      services: ['repositories', 'pull-requests'],
      localPart: 'flow-github',
      rotationDays: '60',
    });

    expectConfirmation(journey, end);
    expect(end.account).toMatchObject({ connection: 'github', rotationDays: 60 });
    expect(end.account.verification).toMatchObject({
      role: 'Member of the organisation acme, with read on the chosen repositories',
      identity: end.account.login,
    });
    expect(end.thread).toContain('Repository permission Contents: read-only');
    const users = github.world.state.users.filter(({ email }) => email === end.account.address);
    expect(users).toMatchObject([{ login: end.account.login }]);
    const tokens = github.world.state.tokens.filter(({ userId }) => userId === users[0]?.id);
    expect(tokens).toMatchObject([{ name: `${marker(end.request.id)}-1`, state: 'active' }]);
    expect(secretsInVault(journey, end).toSorted()).toEqual(['password', 'token']);
    const page = pageInConfluence(journey, end);
    expect(page).toContain(end.account.login);
    expect(page).toContain('Repository permission Contents: read-only');
    expect(page).toContain(`GitHub acme (${end.request.id})`);
    const own = flow.workspace.integrations.filter((one) => one.marker === marker(end.request.id));
    expect(own).toMatchObject([{ vendorType: 'github', sourceTypes: ['Repos', 'PRs'] }]);
    expectOneCard(journey, end);
    await expectWholeStory(journey, end);
    journey.expectCleanWorld();
  });

  it('at Jira signs up, gets its token by the one-time page and sees only its projects', async () => {
    const { jira } = journey.sandbox.outside;

    const end = await playToTheEnd(journey, {
      kind: 'integration',
      connection: 'Jira acme',
      access: 'contributor',
      scope: ['Platform (PLAT)'],
      services: ['tickets'],
      localPart: 'flow-jira',
    });

    expectConfirmation(journey, end);
    expect(end.account.verification.sees).toMatchObject({ count: 1, sample: ['Platform'] });
    const users = jira.state.users.filter(({ email }) => email === end.account.address);
    expect(users).toHaveLength(1);
    expect(secretsInVault(journey, end)).toContain('token');
    const page = pageInConfluence(journey, end);
    expect(page).toContain('Platform (PLAT)');
    expect(page).toContain('no Jira administrator');
    expectOneCard(journey, end);
    await expectWholeStory(journey, end);
    journey.expectCleanWorld();
  });

  it('at GitLab with webhooks becomes a Maintainer with API access, and never an Owner', async () => {
    const { gitlab } = journey.sandbox.outside;

    const end = await playToTheEnd(journey, {
      kind: 'integration',
      connection: 'GitLab acme',
      access: 'owner',
      scope: ['acme/platform'],
      services: ['repositories', 'pull-requests', 'webhooks'],
      localPart: 'flow-hooks',
    });

    expectConfirmation(journey, end);
    expect(end.account.verification.role).toContain('Maintainer');
    expect(end.account.verification.scopes.toSorted()).toEqual([
      'api',
      'read_repository',
      'read_user',
    ]);
    const users = gitlab.state.users.filter(({ username }) => username.startsWith('flow-hooks'));
    expect(users).toHaveLength(1);
    const memberships = gitlab.state.memberships.filter(({ userId }) => userId === users[0]?.id);
    expect(memberships).toMatchObject([{ kind: 'group', level: 40 }]);
    const tokens = gitlab.state.tokens.filter(({ userId }) => userId === users[0]?.id);
    expect(tokens.filter(({ revoked }) => !revoked)).toHaveLength(1);
    expect(secretsInVault(journey, end)).toEqual(['token']);
    expect(pageInConfluence(journey, end)).toContain('Maintainer in the chosen groups');
    expectOneCard(journey, end);
    await expectWholeStory(journey, end);
    journey.expectCleanWorld();
  });
});
