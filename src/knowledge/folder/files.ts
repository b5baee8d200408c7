import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { ProductError } from '../../domain/errors.ts';

/** The file's text, or undefined when there is none. */
export async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) return undefined;
    throw failed(file, 'cannot be read', cause);
  }
}

/** Whole or not at all: readers see the old text or the new one, never half of it. */
export async function writeWhole(directory: string, name: string, text: string): Promise<void> {
  const draft = join(directory, `.${name}.${process.pid}.${randomBytes(4).toString('hex')}`);
  try {
    await mkdir(directory, { recursive: true });
    const handle = await open(draft, 'wx', 0o644);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, join(directory, name));
  } catch (cause) {
    throw failed(join(directory, name), 'cannot be written', cause);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Can files be made there? */
export async function proveWritable(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw failed(directory, 'cannot be written', cause);
  }
}

function failed(subject: string, what: string, cause: unknown): ProductError {
  const isFull = isCode(cause, 'ENOSPC');
  return new ProductError(isFull ? 'unavailable' : 'invalid-config', {
    subject,
    message: isFull
      ? `${subject} ${what}: the disk is full.`
      : `${subject} ${what}. Check that the folder exists and that the app may write there.`,
    cause,
  });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
