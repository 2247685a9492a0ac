import type {
  IdentificationProposal,
  IdentificationResult,
  IdentificationRun,
  IdentificationRunSource,
} from '@stoa/contract/identification';
import { may } from '@stoa/core/permissions/may';
import type { NodeRole } from '@stoa/contract/enums';
import type { Actor } from '@stoa/core/permissions/objects';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import { type List, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';
import { rolesOn } from '../data-object/held-roles.ts';
import { loadRuns, presentRun } from './run-row.ts';

type Reading = Pick<Deps, 'db' | 'landmarks'>;
type Page = { offset: number; limit: number; searchText?: string | undefined };

const readingPermissions = ['Manage Identifiers', 'Manage Tags', 'Manage Policies', 'Audit Activity'];

/** Domains whose runs the actor reads; null: all, and what lies in no domain. */
export function readableDomains(actor: Actor): readonly string[] | null {
  const all = may(actor, 'identification.read', { kind: 'identification', scope: 'connection', domains: [] });
  if (all.allowed) return null;
  return actor.domainPermissions.filter((d) => readingPermissions.includes(d.permission)).map((d) => d.domainId);
}

const inDomains = (source: RawBuilder<unknown>, domains: readonly string[] | null): RawBuilder<unknown> =>
  domains === null
    ? sql`true`
    : sql`exists (select from domain_data_source x where x.data_source_id = ${source} and x.domain_id = any(${[...domains]}::uuid[]))`;

type RunFilter = Page & {
  status?: string | undefined;
  domainId?: string | undefined;
  connectionKey?: string | undefined;
  dataSourceId?: number | undefined;
};

export async function listRuns(
  deps: Reading,
  actor: Actor,
  filter: RunFilter,
): Promise<{ data: IdentificationRun[]; total: number }> {
  const domains = readableDomains(actor);
  const mine =
    domains === null
      ? sql`true`
      : sql`(w.domain_id = any(${[...domains]}::uuid[]) or (w.scope = 'source' and ${inDomains(sql`w.data_source_id`, domains)}))`;
  const pattern = filter.searchText ? likePattern(filter.searchText) : null;
  const { status = null, domainId = null, connectionKey = null, dataSourceId = null } = filter;
  const list: List = {
    from: sql`identification_run w`,
    where: sql`${mine} and (${status}::text is null or w.status = ${status}) and (${domainId}::uuid is null or w.domain_id = ${domainId}::uuid)
      and (${connectionKey}::text is null or w.connection_id in (select c.id from connection c where c.connection_key = ${connectionKey}))
      and (${dataSourceId}::int is null or exists (select from identification_run_source x where x.run_id = w.id and x.data_source_id = ${dataSourceId}::int))
      and (${pattern}::text is null or w.scope_name ilike ${pattern})`,
    order: [
      { value: sql`w.created_at`, type: 'timestamptz' },
      { value: sql`w.id`, type: 'uuid' },
    ],
    isDescending: true,
  };
  const { total, keys } = await readPage(deps, list, filter);
  const ids = keys.map((key) => key.at(-1) ?? '');
  const rows = await loadRuns(deps.db, sql`r.id = any(${ids}::uuid[])`);
  const data = ids.flatMap((id) => rows.filter((row) => row.id === id)).map((row) => presentRun(actor, row));
  return { data, total };
}

export async function listRunSources(
  deps: Reading,
  runId: string,
  filter: Page & { status?: string | undefined },
): Promise<{ data: IdentificationRunSource[]; total: number }> {
  const { status = null } = filter;
  const pattern = filter.searchText ? likePattern(filter.searchText) : null;
  const list: List = {
    from: sql`identification_run_source w join data_source s on s.id = w.data_source_id`,
    where: sql`w.run_id = ${runId} and (${status}::text is null or w.status = ${status}) and (${pattern}::text is null or s.name ilike ${pattern})`,
    order: [
      { value: sql`s.name`, type: 'text' },
      { value: sql`s.id`, type: 'integer' },
    ],
  };
  const { total, keys } = await readPage(deps, list, filter);
  const ids = keys.map((key) => Number(key.at(-1)));
  const { rows } = await sql<Omit<IdentificationRunSource, 'finishedAt'> & { finishedAt: Date | null }>`
    select w.data_source_id as "dataSourceId", o.object_path as "objectPath", w.status, w.reason, w.columns,
      w.tags_added as "tagsAdded", w.tags_proposed as "tagsProposed", w.finished_at as "finishedAt"
    from identification_run_source w join data_source s on s.id = w.data_source_id join data_object o on o.id = s.data_object_id
    where w.run_id = ${runId} and w.data_source_id = any(${ids}::int[]) order by s.name, s.id`.execute(deps.db);
  return { data: rows.map((row) => ({ ...row, finishedAt: row.finishedAt?.toISOString() ?? null })), total };
}

type ResultFilter = Page & {
  dataSourceId?: number | undefined;
  runId?: string | undefined;
  identifierId?: number | undefined;
  taggedOnly?: boolean | undefined;
};

export async function listResults(
  deps: Reading,
  actor: Actor,
  filter: ResultFilter,
): Promise<{ data: IdentificationResult[]; total: number }> {
  const { dataSourceId = null, runId = null, identifierId = null, taggedOnly = false } = filter;
  const pattern = filter.searchText ? likePattern(filter.searchText) : null;
  const list: List = {
    from: sql`identification_column w join data_source s on s.id = w.data_source_id`,
    where: sql`${inDomains(sql`w.data_source_id`, readableDomains(actor))}
      and (${dataSourceId}::int is null or w.data_source_id = ${dataSourceId}::int) and (${runId}::uuid is null or w.run_id = ${runId}::uuid)
      and (${pattern}::text is null or w.column_name ilike ${pattern} or s.name ilike ${pattern})
      and ((${identifierId}::int is null and not ${taggedOnly}) or exists (select from identification_result x
        where x.data_source_id = w.data_source_id and x.column_ordinal = w.column_ordinal
          and (${identifierId}::int is null or x.identifier_id = ${identifierId}::int) and (not ${taggedOnly} or x.outcome = 'tagged')))`,
    order: [
      { value: sql`s.name`, type: 'text' },
      { value: sql`w.data_source_id`, type: 'integer' },
      { value: sql`w.column_ordinal`, type: 'integer' },
    ],
  };
  const { total, keys } = await readPage(deps, list, filter);
  const places = keys.map((key) => ({ source: Number(key[1]), ordinal: Number(key[2]) }));
  const { rows } = await sql<Omit<IdentificationResult, 'ranAt'> & { ranAt: Date }>`
    select w.data_source_id as "dataSourceId", o.object_path as "objectPath", w.column_name as "columnName",
      coalesce(k.native_type, '') as "nativeType", w.run_id as "runId", w.ran_at as "ranAt", w.sample_rows as "sampleRows",
      w.non_null_rows as "nonNullRows", w.reason,
      (select coalesce(json_agg(json_build_object('identifierId', x.identifier_id, 'identifierName', x.identifier_name,
          'outcome', x.outcome, 'hitRatio', x.hit_ratio) order by x.outcome <> 'tagged', x.hit_ratio desc nulls last, x.identifier_id), '[]')
        from identification_result x where x.data_source_id = w.data_source_id and x.column_ordinal = w.column_ordinal) as evidence
    from jsonb_to_recordset(${JSON.stringify(places)}::jsonb) as page (source int, ordinal int)
      join identification_column w on w.data_source_id = page.source and w.column_ordinal = page.ordinal
      join data_source s on s.id = w.data_source_id join data_object o on o.id = s.data_object_id
      left join data_source_column k on k.data_source_id = w.data_source_id and k.ordinal = w.column_ordinal
    order by s.name, w.data_source_id, w.column_ordinal`.execute(deps.db);
  return { data: rows.map((row) => ({ ...row, ranAt: row.ranAt.toISOString() })), total };
}

type ProposalRow = Omit<IdentificationProposal, 'proposedAt' | 'abilities'> & {
  proposedAt: Date;
  domains: { id: string; name: string }[];
  callerRoles: NodeRole[];
};

export async function listProposals(
  deps: Reading,
  actor: Actor,
  filter: Page & { dataSourceId?: number | undefined },
): Promise<{ data: IdentificationProposal[]; total: number }> {
  const { dataSourceId = null } = filter;
  const pattern = filter.searchText ? likePattern(filter.searchText) : null;
  const list: List = {
    from: sql`identification_proposal w join data_source s on s.id = w.data_source_id join tag t on t.id = w.tag_id
      join data_source_column k on k.data_source_id = w.data_source_id and k.ordinal = w.column_ordinal`,
    where: sql`${inDomains(sql`w.data_source_id`, readableDomains(actor))} and (${dataSourceId}::int is null or w.data_source_id = ${dataSourceId}::int)
      and (${pattern}::text is null or k.name ilike ${pattern} or s.name ilike ${pattern} or t.name ilike ${pattern})`,
    order: [
      { value: sql`s.name`, type: 'text' },
      { value: sql`w.data_source_id`, type: 'integer' },
      { value: sql`w.column_ordinal`, type: 'integer' },
      { value: sql`w.tag_id`, type: 'integer' },
    ],
  };
  const { total, keys } = await readPage(deps, list, filter);
  const places = keys.map((key) => ({ source: Number(key[1]), ordinal: Number(key[2]), tag: Number(key[3]) }));
  const { rows } = await sql<ProposalRow>`
    select w.data_source_id as "dataSourceId", o.object_path as "objectPath", k.name as "columnName",
      json_build_object('id', t.id, 'name', t.name) as tag, w.identifier_name as "identifierName", w.outcome,
      w.ratio_before as "ratioBefore", w.ratio_now as "ratioNow", w.run_id as "runId", w.proposed_at as "proposedAt",
      (select coalesce(json_agg(json_build_object('id', d.id, 'name', d.name)), '[]')
        from domain_data_source m join domain d on d.id = m.domain_id where m.data_source_id = s.id) as domains,
      ${rolesOn(actor, sql`s.data_object_id`)} as "callerRoles"
    from jsonb_to_recordset(${JSON.stringify(places)}::jsonb) as page (source int, ordinal int, tag int)
      join identification_proposal w on w.data_source_id = page.source and w.column_ordinal = page.ordinal and w.tag_id = page.tag
      join data_source s on s.id = w.data_source_id join data_object o on o.id = s.data_object_id join tag t on t.id = w.tag_id
      join data_source_column k on k.data_source_id = w.data_source_id and k.ordinal = w.column_ordinal
    order by s.name, w.data_source_id, w.column_ordinal, w.tag_id`.execute(deps.db);
  const data = rows.map(({ domains, callerRoles, ...row }) => {
    const { allowed, reason } = may(actor, 'tag.apply', { kind: 'tag-target', domains, callerRoles, isAbove: false });
    return { ...row, proposedAt: row.proposedAt.toISOString(), abilities: { decide: { allowed, reason } } };
  });
  return { data, total };
}
