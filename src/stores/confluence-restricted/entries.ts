import { z } from 'zod';

import { ProductError, hasCode, isAmbiguous } from '../../domain/errors.ts';
import type { Secret } from '../../domain/secret.ts';
import type { ConfluenceClient, ConfluencePage, PageStatus } from '../../lib/confluence-client.ts';
import type { SecretMeta } from '../store.ts';
import { restrictTo } from './restrict.ts';
import { emptyPage, parseValue, sign, valuePage } from './value-page.ts';

const PROPERTY = 'flow.secret';
const MESSAGE = 'Written by the Flow service accounts app';

/** A credential's page; it has a value once the app has written one. */
export interface Entry {
  readonly page: ConfluencePage;
  readonly value: Secret | undefined;
  /** The empty page is version 1 in Confluence, so the first value is its version 2 and our 1. */
  readonly version: number;
}

/** Our page of that name, or undefined when there certainly is none, in the trash neither. */
export async function findEntry(
  client: ConfluenceClient,
  name: string,
): Promise<Entry | undefined> {
  const [page] = await ownPages(client, name, 'current');
  if (page !== undefined) return toEntry(page);
  for (const status of ['archived', 'trashed'] as const) {
    const gone = await ownPages(client, name, status);
    if (gone.some(({ body }) => parseValue(body) !== undefined)) throw deletedByHand(name, status);
  }
  return undefined;
}

/** Empty private page, restrictions proven, and only then the value, as the page's version 2. */
export async function createEntry(
  client: ConfluenceClient,
  group: string,
  name: string,
  secret: Secret,
  meta: SecretMeta,
): Promise<{ entry: Entry; created: boolean }> {
  const body = valuePage(name, secret);
  const entry = (await findEntry(client, name)) ?? (await addEmpty(client, name));
  if (entry.value !== undefined) return { entry, created: entry.value.equals(secret) };
  await label(client, entry.page.id, { name, ...meta });
  await restrictTo(client, entry.page.id, group);
  try {
    await client.update(entry.page, { title: name, body, message: MESSAGE });
  } catch (error) {
    if (!hasCode(error, 'conflict') && !isAmbiguous(error)) throw error;
    const now = await findEntry(client, name);
    if (now?.value === undefined) throw error;
    return { entry: now, created: now.value.equals(secret) };
  }
  return { entry: await proven(client, entry.page.id, name, secret), created: true };
}

export async function rotateEntry(
  client: ConfluenceClient,
  group: string,
  name: string,
  expectedVersion: string,
  secret: Secret,
): Promise<Entry> {
  const body = valuePage(name, secret);
  const entry = await findEntry(client, name);
  if (entry?.value === undefined) throw absent(name);
  if (String(entry.version) !== expectedVersion) throw otherVersion(name, expectedVersion);
  await restrictTo(client, entry.page.id, group);
  try {
    await client.update(entry.page, { title: name, body, message: MESSAGE });
  } catch (error) {
    if (hasCode(error, 'conflict')) throw otherVersion(name, expectedVersion);
    if (!isAmbiguous(error)) throw error;
    const now = await findEntry(client, name);
    if (now?.version === entry.version) throw error;
    // The next version with our value is our own write; its answer was lost.
    if (now?.version !== entry.version + 1) throw otherVersion(name, expectedVersion);
  }
  return await proven(client, entry.page.id, name, secret);
}

/** The labels are a property of the page: they can change without a version of it. */
export async function labelEntry(
  client: ConfluenceClient,
  name: string,
  meta: SecretMeta,
): Promise<Entry> {
  const entry = await findEntry(client, name);
  if (entry?.value === undefined) throw absent(name);
  await label(client, entry.page.id, { name, ...meta });
  const held = z.record(z.string(), z.string()).catch({});
  const labels = held.parse(await client.property(entry.page.id, PROPERTY));
  if (Object.entries(meta).every(([key, value]) => labels[key] === value)) return entry;
  await client.replaceProperty(entry.page.id, PROPERTY, { ...labels, ...meta });
  return entry;
}

/** To the trash and out of it: a page in the trash keeps its value. */
export async function removeEntry(client: ConfluenceClient, name: string): Promise<void> {
  for (const status of ['current', 'archived'] as const) {
    for (const { id } of await ownPages(client, name, status)) await quietly(client.trash(id));
  }
  for (const { id } of await ownPages(client, name, 'trashed')) await quietly(client.purge(id));
  if ((await ownPages(client, name, 'trashed')).length === 0) return;
  throw new ProductError('missing-permission', {
    subject: name,
    message: `The page ${name} is in Confluence’s trash, where its value can still be read, and the bot may not purge it. Purge it in Space settings, Trash, or make the bot an administrator of the space; then retry.`,
  });
}

export function absent(name: string): ProductError {
  const message = `Confluence has no credential page called ${name}.`;
  return new ProductError('not-found', { subject: name, message });
}

async function ownPages(
  client: ConfluenceClient,
  name: string,
  status: PageStatus,
): Promise<ConfluencePage[]> {
  const { accountId } = await client.me();
  const pages = await client.titled(name, status);
  return pages.filter((page) => page.authorId === accountId && page.body.includes(sign(name)));
}

function toEntry(page: ConfluencePage): Entry {
  return { page, value: parseValue(page.body), version: page.version.number - 1 };
}

/** Titles are unique in a space: of several at once, one makes the page and the others find it. */
async function addEmpty(client: ConfluenceClient, name: string): Promise<Entry> {
  try {
    return toEntry(await client.createPrivate({ title: name, body: emptyPage(name) }));
  } catch (error) {
    if (!hasCode(error, 'name-taken') && !isAmbiguous(error)) throw error;
    const found = await findEntry(client, name);
    if (found !== undefined) return found;
    throw isAmbiguous(error) ? error : notOurs(name);
  }
}

async function label(client: ConfluenceClient, pageId: string, meta: SecretMeta): Promise<void> {
  if ((await client.property(pageId, PROPERTY)) !== undefined) return;
  try {
    await client.addProperty(pageId, PROPERTY, meta);
  } catch (error) {
    if (!hasCode(error, 'conflict') && !isAmbiguous(error)) throw error;
    if ((await client.property(pageId, PROPERTY)) === undefined) throw error;
  }
}

/** Reads back what was written: Confluence rewrites bodies, and a changed credential is useless. */
async function proven(
  client: ConfluenceClient,
  pageId: string,
  name: string,
  secret: Secret,
): Promise<Entry> {
  const entry = toEntry(await client.page(pageId));
  if (entry.value?.equals(secret) === true) return entry;
  const message = `Confluence changed the value of ${name} while storing it. Use another secret store for it.`;
  throw new ProductError('verification-failed', { subject: name, message });
}

async function quietly(removal: Promise<void>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    // Gone meanwhile, or not ours to purge: what is left is looked for afterwards.
    if (!hasCode(error, 'not-found', 'missing-permission')) throw error;
  }
}

function deletedByHand(name: string, status: 'archived' | 'trashed'): ProductError {
  const place = status === 'archived' ? 'the archive' : 'the trash';
  return new ProductError('conflict', {
    subject: name,
    message: `The page ${name} was put into ${place} of Confluence by hand. Restore it to keep the value, or delete it there for good to start afresh; then retry.`,
  });
}

function notOurs(name: string): ProductError {
  return new ProductError('name-taken', {
    subject: name,
    message: `Confluence already has a page called ${name} that this app did not make. Rename or remove it, then retry.`,
  });
}

function otherVersion(name: string, expected: string): ProductError {
  return new ProductError('conflict', {
    subject: name,
    message: `${name} is no longer at version ${expected} in Confluence: somebody else changed it. Look at the page’s history before rotating again.`,
  });
}
