import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';

type NewVersion = { id: string; version: number; name: string; body: string; by: string };

/** Adds a version and answers the hash of its text: SHA-256 of the body in UTF-8, in hex. */
export async function addVersion(tx: Tx, { id, version, name, body, by }: NewVersion): Promise<string> {
  const sha256 = createHash('sha256').update(body, 'utf8').digest('hex');
  await sql`insert into data_use_agreement_version (data_use_agreement_id, version, name, body, sha256, created_by)
    values (${id}, ${version}, ${name}, ${body}, ${sha256}, ${by})`.execute(tx);
  return sha256;
}
