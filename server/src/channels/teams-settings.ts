import type { TeamsConfiguration } from '@stoa/contract/notification-channel';
import { sql } from 'kysely';
import type { Reader, Tx } from '../db/pool.ts';
import { Secret, type Secrets } from '../secrets/secrets.ts';

const place = { table: 'setting', rowId: 'teams', column: 'url' } as const;
type Stored = { host: string; url: string };

async function readStored(db: Reader): Promise<Stored | undefined> {
  const { rows } = await sql<{ value: Stored }>`select value from setting where name = 'teams'`.execute(db);
  return rows[0]?.value;
}

export const isTeamsConnected = async (db: Reader): Promise<boolean> => (await readStored(db)) !== undefined;

/** The address of the workflow: whoever has it can post, so it is kept like a password. */
export async function readTeamsUrl(db: Reader, secrets: Secrets): Promise<Secret | undefined> {
  const stored = await readStored(db);
  return stored === undefined ? undefined : secrets.open(place, stored.url);
}

export async function storeTeamsUrl(tx: Tx, secrets: Secrets, url: string): Promise<void> {
  const value: Stored = { host: new URL(url).host, url: secrets.seal(place, new Secret(url)) };
  await sql`insert into setting (name, value) values ('teams', ${JSON.stringify(value)}::jsonb)
    on conflict (name) do update set value = excluded.value, updated_at = now()`.execute(tx);
}

export async function forgetTeamsUrl(tx: Tx): Promise<void> {
  await sql`delete from setting where name = 'teams'`.execute(tx);
}

export async function presentTeamsSettings(db: Reader): Promise<TeamsConfiguration> {
  const stored = await readStored(db);
  return stored === undefined ? { connected: false } : { connected: true, host: stored.host };
}
