import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The system user PostgreSQL runs as when it is not our own. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

// What Linux and the BSDs give `nobody` where /etc/passwd cannot be read.
const NOBODY: SystemUser = { uid: 65_534, gid: 65_534 };

/**
 * PostgreSQL refuses to run as root. Then it runs as the owner of the data folder, or as `nobody`
 * when that is root too, or a user this system has no name for, which PostgreSQL refuses as well.
 * Undefined: as ourselves.
 */
export async function chooseUser(dataDir: string): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const { uid, gid } = await stat(dataDir);
  const users = await knownUsers();
  if (uid !== 0 && users.some((user) => user.uid === uid)) return { uid, gid };
  // macOS writes nobody as -2, which spawn does not accept.
  const nobody = users.find((user) => user.name === 'nobody' && user.uid > 0 && user.gid > 0);
  return nobody === undefined ? NOBODY : { uid: nobody.uid, gid: nobody.gid };
}

/** Can this user reach the folder, i.e. pass through every folder above and read it? */
export async function canReach(folder: string, user: SystemUser): Promise<boolean> {
  let current = await realpath(folder);
  for (;;) {
    if (!(await mayEnter(current, user))) return false;
    const parent = dirname(current);
    if (parent === current) return true;
    current = parent;
  }
}

async function mayEnter(folder: string, user: SystemUser): Promise<boolean> {
  const { uid, gid, mode } = await stat(folder);
  if (uid === user.uid) return (mode & 0o100) !== 0;
  if (gid === user.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}

async function knownUsers(): Promise<(SystemUser & { readonly name: string })[]> {
  const passwd = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return passwd.split('\n').map((line) => {
    const [name = '', , uid, gid] = line.split(':');
    return { name, uid: Number(uid), gid: Number(gid) };
  });
}
