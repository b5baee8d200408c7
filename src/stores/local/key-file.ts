import { randomBytes } from 'node:crypto';
import { link, lstat, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { ProductError } from '../../domain/errors.ts';
import { keyId } from './envelope.ts';
import type { WrappingKey } from './envelope.ts';

const BYTES = 32;
const OTHERS = 0o077;

/** The key, or undefined when there is no key file. */
export async function readKeyFile(file: string): Promise<WrappingKey | undefined> {
  const state = await lstat(file).catch((cause: unknown) => {
    if (isCode(cause, 'ENOENT')) return undefined;
    throw refused(file, 'cannot be looked at', 'Check the directory and its permissions.', cause);
  });
  if (state === undefined) return undefined;
  if (!state.isFile()) {
    throw refused(file, 'is not a regular file', 'Put the key itself there, not a link to it.');
  }
  // Windows has neither owners nor modes here; its directory rights must do.
  const self = process.getuid?.();
  if (self !== undefined && state.uid !== self) {
    throw refused(file, 'belongs to another user', 'Run the app as its owner, or chown the file.');
  }
  if (self !== undefined && (state.mode & OTHERS) !== 0) {
    const advice = `Run: chmod 600 ${file} - and consider who may have read it.`;
    throw refused(file, 'may be read by other users of this machine', advice);
  }
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw refused(file, 'cannot be read', 'Check its permissions.', cause);
  });
  const bytes = Buffer.from(text.trim(), 'base64');
  if (bytes.length !== BYTES) {
    throw refused(file, 'does not hold a key', 'Restore it from your backup.');
  }
  return { id: keyId(bytes), bytes };
}

/**
 * Makes the key file unless somebody else was first. The file appears whole or not at all: it is
 * written beside its place and then linked there, which fails when the name exists.
 */
export async function makeKeyFile(file: string): Promise<void> {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(`${randomBytes(BYTES).toString('base64')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, file);
  } catch (cause) {
    if (isCode(cause, 'EEXIST')) return;
    const advice = 'Check that the data directory exists and is writable.';
    throw refused(file, 'cannot be made', advice, cause);
  } finally {
    await rm(draft, { force: true });
  }
}

function refused(file: string, why: string, advice: string, cause?: unknown): ProductError {
  const message = `The key file of the local store ${why}. ${advice}`;
  return new ProductError('invalid-config', { subject: file, message, cause });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
