import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.ts';
import { isAlive, readBirth } from './process-identity.ts';

/**
 * Makes this process the one that runs the database of `folder`, or refuses when another living process does. Without
 * this a second start could not tell the database of a living Stoa from the orphan of a dead one.
 */
export async function takeOwnership(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'owner');
  const mine = `${process.pid} ${await readBirth(process.pid)}`;
  const current = await readFile(path, 'utf8').catch(() => '');
  const living = current === mine ? undefined : await livingOwner(current);
  if (living !== undefined) {
    throw new EmbeddedPostgresError(
      `Another Stoa (process ${living}) already runs on the data folder ${folder}. Stop it first, or set STOA_DATA_DIR ` +
        'and PORT to start a second one beside it.',
    );
  }
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, mine, { mode: 0o600 });
  await rename(draft, path);
  return async () => {
    if ((await readFile(path, 'utf8').catch(() => '')) === mine) await rm(path, { force: true });
  };
}

async function livingOwner(text: string): Promise<number | undefined> {
  const pid = Number(text.split(' ', 1)[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !(await isAlive(pid))) return undefined;
  return text === `${pid} ${await readBirth(pid)}` ? pid : undefined;
}
