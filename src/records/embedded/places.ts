import { chmod, chown, cp, lstat, mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';

import { ProductError } from '../../domain/errors.ts';
import { binariesIn } from './binaries.ts';
import type { Binaries } from './binaries.ts';
import { canReach } from './run-as.ts';
import type { SystemUser } from './run-as.ts';

// Never cleaned by the system, unlike /tmp; only root comes to need it.
const SYSTEM_PLACE = '/var/lib/flow-service-accounts';
const NOTE = 'moved-to.txt';

/**
 * The folder for the server's files: `postgres` in the data folder. When PostgreSQL runs as another
 * user who cannot get there (a checkout under /root, say), a folder elsewhere, named in a note.
 */
export async function openHome(
  dataDir: string,
  user: SystemUser | undefined,
  elsewhere?: string,
): Promise<string> {
  const home = join(dataDir, 'postgres');
  await mkdir(home, { recursive: true, mode: 0o700 });
  if (user === undefined) return home;
  if (await canReach(dataDir, user)) {
    await chown(home, user.uid, user.gid);
    return home;
  }
  const note = join(home, NOTE);
  const noted = await readFile(note, 'utf8').catch(onlyMissing);
  if (noted !== undefined) return checkHome(noted.trim(), user, note);
  const moved = await mkdtemp(join(await systemPlace(user, elsewhere), 'data-'));
  await chown(moved, user.uid, user.gid);
  await writeFile(note, `${moved}\n`, { mode: 0o600 });
  return moved;
}

/** The programs where `user` can run them: where npm put them, or else a copy made once. */
export async function reachableBinaries(
  binaries: Binaries,
  user: SystemUser | undefined,
  elsewhere?: string,
): Promise<Binaries> {
  if (user === undefined || (await canReach(join(binaries.tree, 'bin'), user))) return binaries;
  const place = await systemPlace(user, elsewhere);
  const copy = join(place, `postgres-${binaries.version}-${process.platform}-${process.arch}`);
  if (!(await isComplete(binaries.tree, copy))) await copyTree(binaries.tree, place, copy);
  return binariesIn(copy, binaries.version);
}

async function checkHome(home: string, user: SystemUser, note: string): Promise<string> {
  const found = await lstat(home).catch(onlyMissing);
  if (found?.isDirectory() === true && found.uid === user.uid) return home;
  throw new ProductError('invalid-config', {
    subject: 'database',
    message: `The database's folder ${home} is gone or belongs to somebody else. Bring it back, or delete ${note} to begin with an empty database.`,
  });
}

/** A folder that only we can write to and everybody can pass through. */
async function systemPlace(user: SystemUser, elsewhere: string | undefined): Promise<string> {
  const places = [SYSTEM_PLACE, join(tmpdir(), 'flow-service-accounts')];
  for (const place of elsewhere === undefined ? places : [elsewhere]) {
    const made = await mkdir(place, { recursive: true, mode: 0o755 }).then(
      () => true,
      () => false,
    );
    const found = made ? await lstat(place) : undefined;
    // Somebody else may have made it first, to have us run programs of theirs.
    if (found?.isDirectory() === true && found.uid === process.getuid?.()) {
      await chmod(place, 0o755);
      if (await canReach(place, user)) return place;
    }
  }
  throw new ProductError('invalid-config', {
    subject: 'database',
    message: `There is no place for the bundled PostgreSQL: ${places.join(' and ')} cannot be used. Set DATABASE_URL to a PostgreSQL server, or run the app as an ordinary user.`,
  });
}

async function copyTree(tree: string, place: string, copy: string): Promise<void> {
  const draft = await mkdtemp(join(place, 'copy-'));
  await cp(tree, draft, { recursive: true, verbatimSymlinks: true, filter: isNeeded });
  await chmod(draft, 0o755);
  await rm(copy, { recursive: true, force: true });
  await rename(draft, copy);
}

function isNeeded(path: string): boolean {
  return !path.endsWith('.a') && !path.endsWith(`${sep}pkgconfig`);
}

async function isComplete(tree: string, copy: string): Promise<boolean> {
  const wanted = await readdir(tree, { recursive: true });
  for (const name of wanted.filter((path) => isNeeded(path) && !path.includes('pkgconfig'))) {
    const [source, target] = await Promise.all([
      stat(join(tree, name)),
      stat(join(copy, name)).catch(onlyMissing),
    ]);
    if (target === undefined || (source.isFile() && source.size !== target.size)) return false;
  }
  return true;
}

function onlyMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
