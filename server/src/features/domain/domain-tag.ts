import { sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';
import { lockTags } from '../tag/change-tags.ts';
import { tagNameOf } from '../tag/stored-tags.ts';

/**
 * The tag that a domain is to be made of, while nobody else changes what carries it. Those of products and assets make up
 * no domain: what is published follows from domains.
 */
export async function requireDomainTag(tx: Tx, id: number): Promise<{ id: number; name: string }> {
  await lockTags(tx, 'alone');
  const { rows } = await sql<{ name: string | null }>`select ${tagNameOf(sql`${id}::int`)} as name`.execute(tx);
  const name = rows[0]?.name ?? null;
  if (name === null) throw new Refusal('domain.tag_unknown');
  return { id, name };
}
