import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';

/** The account that PostgreSQL runs under. Absent when the user is not root: then it runs as that user. */
export type Account = { uid: number; gid: number };

// PostgreSQL refuses to run as root. An account of its own is better than `nobody`, which other daemons share.
const candidates = ['postgres', 'nobody'];

export async function chooseAccount(existingDataFolder: string): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const known = await readPasswordFile();
  // A folder made earlier stays with its account, also when a better candidate was created since.
  const owner = await stat(existingDataFolder).catch(() => undefined);
  const sameAsBefore = [...known.values()].find((account) => account.uid !== 0 && account.uid === owner?.uid);
  if (sameAsBefore) return sameAsBefore;
  for (const name of candidates) {
    const account = known.get(name);
    if (account) return account;
  }
  throw new EmbeddedPostgresError(
    `PostgreSQL does not run as root, and none of the accounts ${candidates.join(', ')} exists on this machine. ` +
      'Create one of them, run Stoa as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.',
  );
}

async function readPasswordFile(): Promise<Map<string, Account>> {
  const accounts = new Map<string, Account>();
  for (const line of (await readFile('/etc/passwd', 'utf8')).split('\n')) {
    const [name, , uid, gid] = line.split(':');
    if (name && uid && gid) accounts.set(name, { uid: Number(uid), gid: Number(gid) });
  }
  return accounts;
}

/** Whether `account` may enter every folder on the way to `path`, and read (and enter) `path` itself. */
export async function isReachable(path: string, account: Account | undefined): Promise<boolean> {
  if (!account) return true;
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) return false;
  if (!(await hasBits(real, account, (await stat(real)).isDirectory() ? 5 : 4))) return false;
  for (let folder = dirname(real); ; folder = dirname(folder)) {
    if (!(await hasBits(folder, account, 1))) return false;
    if (folder === dirname(folder)) return true;
  }
}

async function hasBits(path: string, account: Account, bits: number): Promise<boolean> {
  const { mode, uid, gid } = await stat(path);
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
  return ((mode >> shift) & bits) === bits;
}
