import { customKey } from '@stoa/core/masking/fit-mask';
import type { HeldException } from '@stoa/core/masking/explain-masks';
import { sourceJudge } from '@stoa/core/masking/judge-source';
import type { ColumnVerdict, GovernedSource, MaskAbilities, SourceVerdict } from '@stoa/core/masking/model';
import { formulaExemption, type ViewMask } from '@stoa/core/masking/view';
import { checksFailed } from '@stoa/core/provisioning/withhold';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { customsOf } from '../../provisioning/compile-masks.ts';
import { maskCapabilities } from '../../provisioning/connectors.ts';
import { loadMaskSources, readMaskPlace } from '../../provisioning/load-mask-facts.ts';
import { columnsOfRequest } from '../masking-exception/exception-columns.ts';
import { loadDataPolicies } from '../policy/load-active.ts';
import type { ExplainedSource } from './load-explained.ts';

/** What data policies make of one source, and the exceptions on its columns by person. */
export type ExplainedMaskFacts = {
  readonly source: GovernedSource;
  /** With the columns that `held` names. */
  readonly verdict: SourceVerdict;
  /** Numbers of columns that no policy masks any more, and that the view masks until the checks of the connection pass. */
  readonly held: ReadonlySet<number>;
  readonly exceptions: ReadonlyMap<string, readonly HeldException[]>;
};

/** Undefined for a source that is switched off: nothing is said of its columns. */
export async function loadExplainedMasks(
  db: Reader,
  { id, connection_id, technology }: Pick<ExplainedSource, 'id' | 'connection_id' | 'technology'>,
  userIds: readonly string[],
): Promise<ExplainedMaskFacts | undefined> {
  const [loaded] = await loadMaskSources(db, connection_id, [id]);
  if (loaded === undefined) return undefined;
  const { source } = loaded;
  const place = await readMaskPlace(db, connection_id);
  const policies = place.hasPolicies ? await loadDataPolicies(db) : [];
  const can = maskCapabilities[technology];
  const abilities: MaskAbilities = {
    maskTypes: new Set(can?.maskTypes),
    rowKinds: new Set(can?.rowKinds),
    provenCustom: await provenCustoms(db, source, [...new Set(policies.flatMap(customsOf))]),
  };
  const judged = sourceJudge(policies, abilities)(source);
  const kept = await loadKeptColumns(db, judged);
  const verdict = { ...judged, columns: [...judged.columns, ...kept].toSorted((a, b) => a.ordinal - b.ordinal) };
  const held = new Set(kept.map(({ ordinal }) => ordinal));
  const exceptions = verdict.columns.length === 0 ? new Map() : await loadExceptions(db, id, userIds);
  return { source, verdict, held, exceptions };
}

type Kept = Omit<ColumnVerdict, 'masking' | 'where' | 'who' | 'reveals'> & {
  readonly mask: ViewMask;
  /** Of all whom views on the connection except, by the keys of their exemptions. */
  readonly conditions: readonly { readonly id: number; readonly condition: string }[] | null;
};

/** Masks that a view goes on with though no policy asks for them, with the conditions by which it excepts people. */
async function loadKeptColumns(db: Reader, { dataSourceId, columns }: SourceVerdict): Promise<ColumnVerdict[]> {
  const { rows } = await sql<Kept>`
    select m.ordinal, m.column_name as name, m.policy_id as "policyId", m.policy_key as "policyKey", m.policy_name as "policyName", m.matched_tag as "matchedTag",
      m.outranked, m.masking_type as chosen, m.degraded_to as "degradedTo", m.degraded_why as "degradedWhy", m.is_liftable as "isLiftable", d.mask,
      (select json_agg(json_build_object('id', f.id, 'condition', f.condition)) from reader_need n, jsonb_to_recordset(n.formulas) as f (id int, condition text)
        where n.connection_id = p.connection_id) as conditions
    from source_protection p join column_mask m on m.data_source_id = p.data_source_id
      cross join lateral (select c -> 'mask' as mask from json_array_elements(p.description::json -> 'columns') c where (c ->> 'ordinal')::int = m.ordinal) d
    where p.data_source_id = ${dataSourceId} and p.state = 'view' and p.reason = ${checksFailed} and p.description is not null
      and json_typeof(d.mask) <> 'null' and not m.ordinal = any(${columns.map(({ ordinal }) => ordinal)}::int[])`.execute(
    db,
  );
  return rows.map(({ mask, conditions, ...column }) => {
    const keys = new Set(mask.branches.flatMap((branch) => (branch.value === 'clear' ? branch.keys : [])));
    const [first, ...others] = (conditions ?? []).flatMap(({ id, condition }) =>
      keys.has(formulaExemption(id)) ? [condition] : [],
    );
    return {
      ...column,
      masking: mask.masking,
      where: mask.where,
      who: first === undefined ? { kind: 'everyone' as const } : { kind: 'everyoneExcept' as const, condition: first },
      reveals: others,
    };
  });
}

/** Expressions that the platform was asked about, unless it was found at the last look that they do not fit a column. */
async function provenCustoms(
  db: Reader,
  source: GovernedSource,
  expressions: readonly string[],
): Promise<ReadonlySet<string>> {
  if (expressions.length === 0) return new Set();
  const { dataSourceId } = source.facts;
  const { rows } = await sql<{ ordinal: number }>`
    select ordinal from column_mask where data_source_id = ${dataSourceId} and degraded_why = 'custom.not_proven'`.execute(
    db,
  );
  const refused = new Set(rows.map((row) => row.ordinal));
  const taken = source.columns.filter((column) => !refused.has(column.ordinal));
  return new Set(
    taken.flatMap((column) => expressions.map((expression) => customKey(dataSourceId, column, expression))),
  );
}

type Row = HeldException & { userId: string };

/** Approved exceptions that hold, on columns that are there. */
export async function loadExceptions(
  db: Reader,
  sourceId: number,
  userIds: readonly string[] | 'everybody',
): Promise<Map<string, HeldException[]>> {
  const ofPeople = userIds === 'everybody' ? sql`true` : sql`r.beneficiary = any(${[...userIds]}::uuid[])`;
  const { rows } = await sql<Row>`
    select r.beneficiary as "userId", c.ordinal, r.id as "requestId", (extract(epoch from r.expiration) * 1000)::float8 as "notAfter"
    from access_request r cross join ${columnsOfRequest}
      join data_source_column c on c.data_source_id = ${sourceId} and c.name = k."columnName"
      join exception_column x on x.access_request_id = r.id and x.data_source_id = c.data_source_id and x.column_name = c.name
        and x.family = c.type_family and x.ended_at is null
    where ${ofPeople} and r.type = 'MASKING_EXCEPTION' and r.status = 'APPROVED' and not r.awaits_acceptance
      and (r.expiration is null or r.expiration > now()) and k."sourceId" = ${String(sourceId)}`.execute(db);
  const byUser = new Map<string, HeldException[]>();
  for (const { userId, ...exception } of rows) byUser.set(userId, [...(byUser.get(userId) ?? []), exception]);
  return byUser;
}
