import { afterAll, beforeAll, describe, expect, it } from 'vitest';

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

describe('An automation account', () => {
  it('at GitLab hands its token to CI/CD variables and is hidden from the reports', async () => {
    const { gitlab, ci, flow } = journey.sandbox.outside;

    const end = await playToTheEnd(journey, {
      kind: 'automation',
      connection: 'GitLab acme',
      access: 'contributor',
      scope: ['acme/platform/api'],
      process: 'Nightly release',
      automation: 'GitLab CI/CD',
      target: 'project:acme/platform/api',
      secretName: 'RELEASE_TOKEN',
      hideFromReports: ['hide'],
      localPart: 'release-bot',
    });

    expectConfirmation(journey, end);
    expect(end.account.verification).toMatchObject({
      role: 'Developer',
      scopes: ['write_repository'],
    });
    const users = gitlab.state.users.filter(({ username }) => username.startsWith('release-bot'));
    const tokens = gitlab.state.tokens.filter(({ userId }) => userId === users[0]?.id);
    expect(users).toHaveLength(1);
    expect(tokens).toHaveLength(1);
    expect(ci.variables('projects acme/platform/api')).toMatchObject([
      { key: 'RELEASE_TOKEN', value: tokens[0]?.value, masked: true, protected: true },
    ]);
    expect(flow.workspace.user(end.account.address)).toMatchObject({ hiddenFromReports: true });
    expect(secretsInVault(journey, end)).toEqual(['token']);
    const page = pageInConfluence(journey, end);
    expect(page).toContain('RELEASE_TOKEN in project:acme/platform/api (GitLab CI/CD)');
    expect(page).toContain('Nightly release');
    expectOneCard(journey, end);
    await expectWholeStory(journey, end);
    journey.expectCleanWorld();
  });

  it('at GitHub has its token sealed into Actions, and stays in the reports when asked', async () => {
    const { actions, flow, github } = journey.sandbox.outside;

    const end = await playToTheEnd(journey, {
      kind: 'automation',
      connection: 'GitHub acme',
      access: 'contributor',
      scope: ['acme/web'],
      process: 'Dependency updates',
      automation: 'GitHub Actions',
      target: 'repo:acme/web',
      secretName: 'UPDATE_TOKEN',
      hideFromReports: [],
      localPart: 'update-bot',
    });

    expectConfirmation(journey, end);
    const users = github.world.state.users.filter(({ email }) => email === end.account.address);
    const tokens = github.world.state.tokens.filter(({ userId }) => userId === users[0]?.id);
    expect(tokens).toHaveLength(1);
    expect(actions.valueOf('/repos/acme/web/actions', 'UPDATE_TOKEN')).toBe(tokens[0]?.value);
    expect(actions.secretNames('/repos/acme/web/actions')).toEqual(['UPDATE_TOKEN']);
    expect(flow.workspace.user(end.account.address)).toBeUndefined();
    expect(end.thread).toContain("Leave it in Flow's reports, as asked");
    expect(end.thread).toContain('Repository permission Contents: read and write');
    expect(secretsInVault(journey, end).toSorted()).toEqual(['password', 'token']);
    expect(pageInConfluence(journey, end)).toContain('UPDATE_TOKEN in repo:acme/web');
    expectOneCard(journey, end);
    await expectWholeStory(journey, end);
    journey.expectCleanWorld();
  });

  it.each([
    {
      automation: 'Bitbucket Pipelines',
      target: 'deployment:acme/web/Production',
      secretName: 'BUILD_TOKEN',
    },
    {
      automation: 'Azure Pipelines',
      target: 'group:Web/flow-automation',
      secretName: 'AZURE_SIDE_TOKEN',
    },
    {
      automation: 'Jenkins',
      target: 'folder:platform/release',
      secretName: 'JENKINS_SIDE_TOKEN',
    },
  ])('hands its token to $automation and reads back that it is there', async (place) => {
    const { gitlab, bitbucketPipelines, azurePipelines, jenkins } = journey.sandbox.outside;
    const localPart = `${place.automation.split(' ')[0]?.toLowerCase()}-bot`;

    const end = await playToTheEnd(journey, {
      kind: 'automation',
      connection: 'GitLab acme',
      access: 'contributor',
      scope: ['acme/platform/api'],
      process: `Builds in ${place.automation}`,
      localPart,
      ...place,
    });

    const users = gitlab.state.users.filter(({ username }) => username.startsWith(localPart));
    const tokens = gitlab.state.tokens.filter(({ userId }) => userId === users[0]?.id);
    expect(tokens).toHaveLength(1);
    const kept: Readonly<Record<string, () => string | undefined>> = {
      'Bitbucket Pipelines': () =>
        bitbucketPipelines.variables(place.target).find(({ key }) => key === place.secretName)
          ?.value,
      'Azure Pipelines': () =>
        azurePipelines.group(place.target)?.variables[place.secretName]?.value,
      Jenkins: () =>
        jenkins.credentials(place.target).find(({ id }) => id === place.secretName)?.value,
    };
    expect(kept[place.automation]?.()).toBe(tokens[0]?.value);
    expectConfirmation(journey, end);
    expect(pageInConfluence(journey, end)).toContain(`${place.secretName} in ${place.target}`);
    expectOneCard(journey, end);
    await expectWholeStory(journey, end);
    journey.expectCleanWorld();
  });

  it('for another system is placed by a person, whose word is recorded as no more than that', async () => {
    const end = await playToTheEnd(journey, {
      kind: 'automation',
      connection: 'GitLab acme',
      access: 'contributor',
      scope: ['acme/shop/checkout'],
      process: 'Shop deployment',
      automation: 'Another system',
      target: 'jenkins/shop',
      secretName: 'DEPLOY_TOKEN',
      localPart: 'deploy-bot',
      secondOwner: 'U0LEAD',
    });

    expectConfirmation(journey, end);
    expect(end.account).toMatchObject({ owner: 'U0OWNER', secondOwner: 'U0LEAD' });
    expect(end.thread).toContain('then @U0LEAD');
    const answered = end.story.filter(
      ({ action, details }) =>
        action === 'task-answered' && details['step'] === 'automation-secret',
    );
    expect(answered).toMatchObject([{ actor: 'U0OWNER', details: { fields: ['placed_at'] } }]);
    const step = end.request.steps.find(({ id }) => id === 'verify-connection');
    expect(step?.facts?.['says']).toContain('The app cannot look there');
    const page = pageInConfluence(journey, end);
    expect(page).toContain('DEPLOY_TOKEN in jenkins/shop (Another system)');
    expect(page).toContain('The app cannot look there');
    expect(end.thread).toContain('The app cannot look there');
    expect(page).toContain('Second owner');
    expectOneCard(journey, end);
    await expectWholeStory(journey, end);
    journey.expectCleanWorld();
  });
});
