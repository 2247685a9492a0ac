import { sql } from 'kysely';
import type { Reader, Tx } from '../../db/pool.ts';

/** A version of an agreement. */
export type LoadedAgreement = {
  readonly id: string;
  readonly name: string;
  readonly body: string;
  readonly version: number;
  /** Of the body, in hex. */
  readonly sha256: string;
};

/** The current versions of agreements by id; unknown and deleted ones are not in the answer. */
export async function loadAgreements(
  reader: Reader,
  agreementIds: readonly string[],
): Promise<Map<string, LoadedAgreement>> {
  const ids = [...new Set(agreementIds)];
  if (ids.length === 0) return new Map();
  const { rows } = await sql<LoadedAgreement>`
    select a.id, v.name, v.body, v.version, v.sha256
    from data_use_agreement a join data_use_agreement_version v on v.data_use_agreement_id = a.id and v.version = a.current_version
    where a.id = any(${ids}::uuid[]) and a.deleted_at is null`.execute(reader);
  return new Map(rows.map((row) => [row.id, row]));
}

/**
 * As `loadAgreements`, and nobody saves a new version or deletes one of them until the commit. For requests, which pin
 * versions, and for forms, which point at agreements. The lock comes in a statement of its own: a row that was waited for
 * would be joined to the version it had before.
 */
export async function holdAgreements(tx: Tx, agreementIds: readonly string[]): Promise<Map<string, LoadedAgreement>> {
  const ids = [...new Set(agreementIds)];
  if (ids.length === 0) return new Map();
  await sql`select from data_use_agreement where id = any(${ids}::uuid[]) order by id for share`.execute(tx);
  return loadAgreements(tx, ids);
}
