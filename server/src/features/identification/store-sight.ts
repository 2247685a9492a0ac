import type { IdentificationOutcome, SampleRefusal } from '@stoa/contract/identification';
import { sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { changeTags, type TagPlace } from '../tag/change-tags.ts';
import { ensureTag } from '../tag/ensure-tag.ts';
import { proposeRemovals } from './propose-removals.ts';
import type { Run } from './run.ts';

/** What a run saw of a column, per identifier. */
export type ColumnSight = {
  readonly ordinal: number;
  readonly name: string;
  /** Rows looked at, and those with a value; null when none could be. */
  readonly rows: number | null;
  readonly nonNull: number | null;
  readonly reason: SampleRefusal | null;
  readonly evidence: readonly {
    readonly identifierId: number;
    readonly name: string;
    readonly tags: readonly string[];
    readonly outcome: IdentificationOutcome;
    readonly hitRatio: number | null;
  }[];
};

export type Sight = {
  readonly run: Run;
  readonly dataSourceId: number;
  readonly dataObjectId: string;
  /** Why the source as a whole was not looked at. */
  readonly refused: SampleRefusal | null;
  readonly columns: readonly ColumnSight[];
};

/** Writes down what was seen of a source and tags its columns, in one commit. The second of two that looked changes nothing. */
export async function storeSight(deps: Deps, sight: Sight): Promise<void> {
  const { run, dataSourceId, refused } = sight;
  await transact(deps, async (tx, after) => {
    const { numAffectedRows } = await sql`
      update identification_run_source set status = ${refused === null ? 'done' : 'refused'}, reason = ${refused}, finished_at = now()
      where run_id = ${run.id} and data_source_id = ${dataSourceId} and status = 'waiting'`.execute(tx);
    if (Number(numAffectedRows ?? 0) === 0) return;
    await storeColumns(tx, sight);
    const { places, tagIds } = await placesOf(tx, sight);
    const by = { source: 'identification', actor: run.actor, globalUserId: run.createdBy } as const;
    const { added } = await changeTags({ tx, after }, { add: places }, by);
    const proposed = await proposeRemovals(tx, sight, tagIds);
    await count(tx, sight, { added: added.length, proposed });
    after.changed('identification', run.id);
    after.changed('task', run.taskId);
  });
}

async function count(tx: Tx, sight: Sight, tags: { added: number; proposed: number }): Promise<void> {
  const { run, dataSourceId, refused, columns } = sight;
  const looked = columns.filter((column) => column.rows !== null).length;
  await sql`update identification_run_source set columns = ${looked}, tags_added = ${tags.added}, tags_proposed = ${tags.proposed}
    where run_id = ${run.id} and data_source_id = ${dataSourceId}`.execute(tx);
  await sql`update identification_run set done = done + 1, refused = refused + ${refused === null ? 0 : 1},
    columns = columns + ${looked}, tags_added = tags_added + ${tags.added}, tags_proposed = tags_proposed + ${tags.proposed}
    where id = ${run.id}`.execute(tx);
  await sql`update task set done = done + 1 where id = ${run.taskId}`.execute(tx);
  if (refused === 'unreachable' && run.cause !== 'person') await noteAgain(tx, dataSourceId, run.cause);
}

/** What a run of its own could not reach is looked at again later. */
async function noteAgain(tx: Tx, dataSourceId: number, cause: string): Promise<void> {
  await sql`insert into identification_due (data_source_id, cause, noted_at) values (${dataSourceId}, ${cause}, now() + interval '1 hour')
    on conflict (data_source_id) do nothing`.execute(tx);
}

/** A source that could not be read keeps what was seen before; of one that could, only this sight stays. */
async function storeColumns(tx: Tx, { run, dataSourceId, refused, columns }: Sight): Promise<void> {
  const isLooked = refused === null;
  if (isLooked) {
    await sql`delete from identification_column where data_source_id = ${dataSourceId}`.execute(tx);
  }
  const kept = columns.map((column) => ({
    ordinal: column.ordinal,
    name: column.name,
    rows: column.rows,
    non_null: column.nonNull,
    reason: column.reason ?? (isLooked ? null : refused),
  }));
  await sql`insert into identification_column (data_source_id, column_ordinal, column_name, run_id, sample_rows, non_null_rows, reason, ran_at)
    select ${dataSourceId}, x.ordinal, x.name, ${run.id}, x.rows, x.non_null, x.reason, now()
    from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as x (ordinal int, name text, rows int, non_null int, reason text)
    on conflict (data_source_id, column_ordinal) do nothing`.execute(tx);
  const results = columns.flatMap((column) =>
    column.evidence
      .filter((one) => one.outcome === 'tagged' || (one.hitRatio ?? 0) > 0)
      .map((one) => ({
        ordinal: column.ordinal,
        id: one.identifierId,
        name: one.name,
        outcome: one.outcome,
        ratio: one.hitRatio,
      })),
  );
  await sql`insert into identification_result (data_source_id, column_ordinal, identifier_id, identifier_name, outcome, hit_ratio)
    select ${dataSourceId}, x.ordinal, x.id, x.name, x.outcome, x.ratio
    from jsonb_to_recordset(${JSON.stringify(results)}::jsonb) as x (ordinal int, id int, name text, outcome text, ratio float8)
    on conflict do nothing`.execute(tx);
}

/** Where tags go, with the evidence that each of them carries. A tag that does not exist yet is made. */
async function placesOf(tx: Tx, sight: Sight): Promise<{ places: TagPlace[]; tagIds: Map<string, number> }> {
  const tagged = sight.columns.flatMap((column) =>
    column.evidence
      .filter((one) => one.outcome === 'tagged')
      .flatMap((one) => one.tags.map((tag) => ({ column, one, tag }))),
  );
  const tagIds = new Map<string, number>();
  for (const name of [...new Set(tagged.map(({ tag }) => tag))].toSorted()) {
    const how = { source: 'identification', globalUserId: sight.run.createdBy } as const;
    tagIds.set(name, (await ensureTag(tx, name, how)).id);
  }
  const ranAt = new Date().toISOString();
  const places = tagged.map(({ column, one, tag }) => ({
    tagId: tagIds.get(tag) ?? 0,
    dataObjectId: sight.dataObjectId,
    columnOrdinal: column.ordinal,
    context: one.name,
    evidence: {
      runId: sight.run.id,
      identifierId: one.identifierId,
      identifier: one.name,
      hitRatio: one.hitRatio,
      sampleRows: column.rows,
      nonNullRows: column.nonNull,
      ranAt,
    },
  }));
  return { places, tagIds };
}
