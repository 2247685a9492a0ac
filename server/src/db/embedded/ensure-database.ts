import pg from 'pg';
import type { EmbeddedAddress } from './address.ts';

/**
 * Makes the database when it is missing. By default PUBLIC may enter every database, and the sample's logins live on
 * this same server: they must not come near ours.
 */
export async function ensureDatabase(url: EmbeddedAddress['url'], name: string): Promise<string> {
  const client = new pg.Client(url('postgres'));
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (!rowCount) await client.query(`create database ${pg.escapeIdentifier(name)}`);
    for (const database of [name, 'postgres', 'template1']) {
      await client.query(`revoke all on database ${pg.escapeIdentifier(database)} from public`);
    }
  } finally {
    await client.end();
  }
  return url(name);
}
