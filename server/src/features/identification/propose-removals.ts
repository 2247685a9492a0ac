import { sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';
import type { Sight } from './store-sight.ts';

type Carried = { tagId: number; ordinal: number; identifierId: number | null; ratioBefore: number | null };

/**
 * A tag that identification put there and whose identifier no longer fits enough is proposed for removal, never dropped. What fits
 * again, is gone, or has become a person's own, is no longer proposed. Answers how many proposals are new.
 */
export async function proposeRemovals(tx: Tx, sight: Sight, supported: ReadonlyMap<string, number>): Promise<number> {
  if (sight.refused !== null) return 0;
  const { dataSourceId, dataObjectId, run } = sight;
  const { rows: carried } = await sql<Carried>`
    select a.tag_id as "tagId", a.column_ordinal as ordinal, (a.evidence->>'identifierId')::int as "identifierId",
      (a.evidence->>'hitRatio')::float8 as "ratioBefore"
    from tag_application a where a.data_object_id = ${dataObjectId} and a.column_ordinal is not null
      and a.source = 'identification' and not a.disabled`.execute(tx);
  const proposals = carried.flatMap((one) => {
    const column = sight.columns.find((other) => other.ordinal === one.ordinal);
    const evidence = column?.evidence.find((other) => other.identifierId === one.identifierId);
    if (column === undefined || evidence === undefined || !hasFallen(evidence.outcome)) return [];
    const holds = column.evidence.some(
      (other) => other.outcome === 'tagged' && other.tags.some((tag) => supported.get(tag) === one.tagId),
    );
    if (holds) return [];
    const { outcome, name, hitRatio } = evidence;
    return [{ ordinal: one.ordinal, tag: one.tagId, name, outcome, before: one.ratioBefore, now: hitRatio }];
  });
  const rows = sql`jsonb_to_recordset(${JSON.stringify(proposals)}::jsonb)
    as x (ordinal int, tag int, name text, outcome text, before float8, now float8)`;
  await sql`delete from identification_proposal p where p.data_source_id = ${dataSourceId}
    and not exists (select from ${rows} where x.ordinal = p.column_ordinal and x.tag = p.tag_id)`.execute(tx);
  const { rows: made } = await sql<{ isNew: boolean }>`
    insert into identification_proposal (data_source_id, column_ordinal, tag_id, identifier_name, outcome, ratio_before, ratio_now, run_id)
    select ${dataSourceId}, x.ordinal, x.tag, x.name, x.outcome, x.before, x.now, ${run.id} from ${rows}
    on conflict (data_source_id, column_ordinal, tag_id) do update
      set outcome = excluded.outcome, ratio_now = excluded.ratio_now, run_id = excluded.run_id
    returning xmax = 0 as "isNew"`.execute(tx);
  return made.filter((one) => one.isNew).length;
}

/** Too few values, or none that could be read, say nothing against a tag. */
const hasFallen = (outcome: string): boolean => outcome === 'below_threshold' || outcome === 'outscored';
