import type { Technology } from '@stoa/contract/enums';
import type { Evidence, EvidenceSource } from '@stoa/contract/evidence';
import type { Standing } from '@stoa/core/access/standing';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { closedWords, loadStandings, policyWords } from '../../provisioning/load-standings.ts';
import { sourcesOfMember } from '../../provisioning/sources-of-member.ts';
import { assetsOver, sourcesOf } from '../../provisioning/sources-of-target.ts';
import { hasLeftDomains, isHeldByRole, leftDomainWords } from '../data-product/left-domains.ts';
import { ownerNames } from '../data-object/owner-names.ts';
import { tagsOfSources } from '../tag/stored-tags.ts';
import type { LoadedRequest } from './load-requests.ts';

/** As many as a page can show; the plan counts all of them. */
const mostSources = 500;

type Row = {
  id: number;
  name: string;
  connection_key: string;
  technology: Technology;
  object_path: string[];
  comment: string | null;
  columns: number;
  masked: number;
  has_by: string | null;
  has_by_asset: string[] | null;
  problem: string | null;
  out_of_domain: boolean;
  in_role: boolean;
  owners: string[];
  tags: string[];
};

/** Per source: what approving would change for the beneficiary, and of what is approved what it changed. */
export async function describeSources(db: Reader, request: LoadedRequest): Promise<EvidenceSource[]> {
  const listed = { product: sql`${request.target_id}::uuid`, source: sql`s.id` };
  const { rows } = await sql<Row>`
    select s.id, s.name, c.connection_key, c.technology, o.object_path, o.comment,
      (select count(*)::int from data_source_column k where k.data_source_id = s.id) as columns,
      (select count(*)::int from column_mask m where m.data_source_id = s.id) as masked,
      (select p.name from data_product_source y join data_product p on p.id = y.data_product_id
        join access_request r on r.data_product_id = p.id
        where y.data_source_id = s.id and p.deleted_at is null and not p.suspended and r.id <> ${request.id} and r.type = 'DATA_ACCESS'
          and r.beneficiary = ${request.beneficiary.globalUserId} and r.status = 'APPROVED'
          and (r.expiration is null or r.expiration > now()) order by p.name limit 1) as has_by,
      (select o2.object_path from access_request r join data_object o2 on o2.id = r.asset_id
        where r.asset_id in (${assetsOver(sql`o.id`)}) and r.id <> ${request.id} and r.type = 'DATA_ACCESS'
          and r.beneficiary = ${request.beneficiary.globalUserId} and r.status = 'APPROVED'
          and (r.expiration is null or r.expiration > now()) order by o2.object_path limit 1) as has_by_asset,
      case when not s.enabled then 'The source is not registered any more' when o.hold is not null then 'The object is on hold: ' || o.hold
        when o.missing_since is not null then 'The object is missing on its platform' end as problem,
      ${request.data_product_id !== null} and ${hasLeftDomains(listed)} as out_of_domain, ${isHeldByRole(listed)} as in_role,
      ${ownerNames(sql`o.id`)} as owners,
      array(select t.name from (${tagsOfSources(sql`array[s.id]`, sql`true`)}) t where t.source not in ('connection', 'system') order by t.name) as tags
    from data_source s join connection c on c.id = s.connection_id join data_object o on o.id = s.data_object_id
    where s.id in (${sourcesOf(request.target_id)})
    order by c.connection_key, o.object_path limit ${mostSources}`.execute(db);
  const standings = await loadStandings(
    db,
    request.beneficiary.globalUserId,
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({
    dataSourceId: row.id,
    name: row.name,
    connectionKey: row.connection_key,
    technology: row.technology,
    objectPath: row.object_path,
    ...effectOf(row, standings.get(row.id)),
    ...(row.out_of_domain ? { outOfDomain: row.in_role ? ('held' as const) : ('closed' as const) } : {}),
    comment: row.comment,
    columnCount: row.columns,
    maskedColumnCount: row.masked,
    tags: row.tags,
    owners: row.owners,
  }));
}

function effectOf(
  { has_by, has_by_asset, problem, out_of_domain, in_role }: Row,
  standing: Standing | undefined,
): Pick<EvidenceSource, 'effect' | 'cause' | 'guardrails'> {
  if (problem !== null) return { effect: 'PREVENTED', cause: problem };
  if (standing?.status === 'RESTRICTED') {
    const guardrails = standing.unmet.map(({ rule }) => rule.name);
    return { effect: 'PREVENTED', cause: closedWords(standing), guardrails };
  }
  if (standing?.status === 'SUBSCRIBED') return { effect: 'HAS_ACCESS', cause: policyWords('policy', standing.by) };
  if (has_by !== null) return { effect: 'HAS_ACCESS', cause: `data product ${has_by}` };
  if (has_by_asset !== null) return { effect: 'HAS_ACCESS', cause: `asset ${has_by_asset.join('.')}` };
  if (!out_of_domain) return { effect: 'GAINS_ACCESS' };
  return { effect: in_role ? 'GAINS_ACCESS' : 'PREVENTED', cause: leftDomainWords(in_role) };
}

/** What the last sweep saw on these sources and nobody has settled. */
export async function findingsOn(db: Reader, sources: readonly EvidenceSource[]): Promise<Evidence['findings']> {
  if (sources.length === 0) return [];
  const { rows } = await sql<{
    finding: Evidence['findings'][number]['finding'];
    object: string;
    principal: string;
    since: Date;
    ignored_by: string | null;
    ignored_reason: string | null;
  }>`
    select f.finding, f.object, f.principal, f.since, u.name as ignored_by, f.ignored_reason
    from drift_finding f join connection c on c.id = f.connection_id left join app_user u on u.global_user_id = f.ignored_by
    where f.closed_at is null and (exists (
        select from unnest(${sources.map((s) => s.connectionKey)}::text[], ${sources.map((s) => s.objectPath.join('.'))}::text[]) w (key, path)
        where w.key = c.connection_key and (w.path = f.object or (f.finding = 'bypass' and f.detail ->> 'objectId' is null)))
      or f.finding = 'unknown_member' and exists (
        select from (${sourcesOfMember}) read (id) where read.id = any(${sources.map((s) => s.dataSourceId)}::int[])))
    order by f.since desc limit 100`.execute(db);
  return rows.map(({ finding, object, principal, since, ignored_by: by, ignored_reason: reason }) => ({
    finding,
    object,
    principal: principal === '' ? null : principal,
    since: since.toISOString(),
    ...(by === null ? {} : { ignored: { by, reason: reason ?? '' } }),
  }));
}
