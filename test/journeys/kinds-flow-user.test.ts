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

describe('A Flow user account', () => {
  it('as Admin reads every object of the API with the key that a person deposited', async () => {
    const { workspace } = journey.sandbox.outside.flow;

    const end = await playToTheEnd(journey, {
      kind: 'flow-user',
      role: 'admin',
      localPart: 'flow-admin-api',
      purpose: 'Keeps the teams in Flow in step with the staff directory.',
    });

    expectConfirmation(journey, end);
    expect(end.account).toMatchObject({ kind: 'flow-user', connection: null, access: null });
    expect(end.account.verification).toMatchObject({ role: 'Admin', isNot: [] });
    expect(end.account.verification.sees.count).toBe(5);
    expect(end.thread).toContain('It sees and can change everything in Flow');
    expect(workspace.user(end.account.address)).toMatchObject({ hasLogin: true });
    expect(secretsInVault(journey, end).toSorted()).toEqual(['api-key', 'password']);
    expect(pageInConfluence(journey, end)).toContain('Admin');
    expectOneCard(journey, end);
    await expectWholeStory(journey, end);
    journey.expectCleanWorld();
  });

  it('with named permissions reads those objects and is refused all others', async () => {
    const { workspace } = journey.sandbox.outside.flow;

    const end = await playToTheEnd(journey, {
      kind: 'flow-user',
      role: 'permissions',
      permissions: ['users', 'teams'],
      localPart: 'flow-teams-api',
      purpose: 'A script reads the teams for the monthly report.',
    });

    expectConfirmation(journey, end);
    expect(end.account.verification).toMatchObject({
      role: 'Custom role',
      scopes: ['users', 'teams'],
      sees: { count: 2 },
      isNot: ['cannot read team_membership', 'cannot read repos', 'cannot read integrations'],
    });
    expect(end.thread).toContain('with named permissions only');
    expect(workspace.user(end.account.address)).toMatchObject({ hasLogin: true });
    expect(secretsInVault(journey, end).toSorted()).toEqual(['api-key', 'password']);
    expect(pageInConfluence(journey, end)).toContain('Custom role reading users, teams');
    expectOneCard(journey, end);
    await expectWholeStory(journey, end);
    journey.expectCleanWorld();
  });
});
