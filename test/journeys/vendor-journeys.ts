import { expect } from 'vitest';

import { marker } from '../../src/domain/naming.ts';
import type { Outside } from '../../src/sandbox/outside.ts';
import type { FormOrder } from '../support/fill-order.ts';
import type { Journey } from '../support/journey.ts';
import {
  expectConfirmation,
  expectOneCard,
  expectWholeStory,
  playToTheEnd,
  secretsInVault,
} from './verified-end.ts';
import type { VerifiedEnd } from './verified-end.ts';

/** One request for a vendor’s account, and what must be true of it at the end. */
export interface VendorJourney {
  /** Continues "An integration account". */
  readonly title: string;
  readonly order: Omit<FormOrder, 'kind'>;
  /** The tasks that people did at the vendor, in order. */
  readonly tasks: readonly string[];
  readonly role: string;
  readonly scopes: readonly string[];
  readonly isNot: string;
  readonly sees: readonly string[];
  /** What the person read off the task and chose in Flow, in lower case. */
  readonly tile: string;
  /** Whom Flow then signs in as, when its form asks; by default it learns the address. */
  readonly username?: RegExp;
  /** What is kept in the store, in the order of the alphabet. */
  readonly secrets: readonly string[];
  /** Accounts of this request in the sandbox, counted inside it. */
  users(outside: Outside, about: { readonly address: string; readonly marker: string }): number;
}

/** Signed payloads of Slack in, a verified confirmation out; people do their tasks in between. */
export async function playVendorJourney(
  journey: Journey,
  wanted: VendorJourney,
): Promise<VerifiedEnd> {
  const { outside } = journey.sandbox;

  const end = await playToTheEnd(journey, { kind: 'integration', ...wanted.order });

  expectConfirmation(journey, end);
  const { verification, address } = end.account;
  expect(verification.role).toBe(wanted.role);
  expect(verification.scopes.toSorted()).toEqual([...wanted.scopes].toSorted());
  expect(verification.sees.sample.toSorted()).toEqual([...wanted.sees].toSorted());
  expect(verification.isNot).toContain(wanted.isNot);
  expect(tasksAtTheVendor(end)).toEqual(wanted.tasks);
  const about = { address, marker: marker(end.request.id) };
  expect(wanted.users(outside, about)).toBe(1);
  const connected = outside.flow.workspace.integrations.find((one) => one.marker === about.marker);
  expect(connected?.vendorType).toBe(wanted.tile);
  expect(connected?.username).toMatch(wanted.username ?? new RegExp(`^${address}$`));
  expect(secretsInVault(journey, end).toSorted()).toEqual(wanted.secrets);
  const pages = outside.confluence.pages().filter(({ title }) => title.includes(end.request.id));
  expect(pages.map(({ body }) => body.includes(address))).toEqual([true]);
  expectOneCard(journey, end);
  await expectWholeStory(journey, end);
  journey.expectCleanWorld();
  return end;
}

function tasksAtTheVendor({ story }: VerifiedEnd): unknown[] {
  return story
    .filter(({ action, details }) => action === 'task-opened' && isAtTheVendor(details['step']))
    .map(({ details }) => details['task']);
}

function isAtTheVendor(step: unknown): boolean {
  return ['vendor-user', 'access', 'credential'].includes(String(step));
}
