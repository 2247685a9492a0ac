import type { Technology } from '@stoa/contract/enums';
import { targetFlow, type TargetFlow } from '@stoa/contract/review-flow';
import type { AssetObject, DomainRef } from '@stoa/core/permissions/objects';
import { stewardsOf } from '@stoa/core/review/resolve-flow';
import { type RawBuilder, sql } from 'kysely';
import type { Reader, Tx } from '../../db/pool.ts';
import type { AssetForms } from '../request-form/resolve-form-version.ts';
import { loadReviewerNames, withNames } from '../review-flow/reviewer-names.ts';

type Expert = { id: string; username: string; name: string };

/** A data object with what governors said about it. Nulls among the overrides inherit. */
export type AssetRow = {
  id: string;
  connection_id: string;
  connection_key: string;
  connection_state: string;
  name: string;
  object_path: string[];
  object_type: string;
  comment: string | null;
  technology: Technology;
  host: string | null;
  port: number | null;
  source_id: number | null;
  child_count: number;
  missing_since: Date | null;
  description: string | null;
  external_link: string | null;
  data_access_form_id: string | null;
  masking_exception_form_id: string | null;
  data_access_review_flow: TargetFlow | null;
  masking_exception_review_flow: TargetFlow | null;
  experts: Expert[];
  /** Those of the nearest object above that names any: whom to ask where nobody is named here. */
  experts_above: Expert[];
  /** The root first. */
  ancestors: { id: string; name: string; legacyType: string }[];
  domains: DomainRef[];
  created_at: Date;
  updated_at: Date;
};

const people = (id: RawBuilder<unknown>): RawBuilder<Expert[]> => sql`
  (select coalesce(json_agg(json_build_object('id', x.global_user_id, 'username', x.username, 'name', x.name) order by x.name, x.username), '[]')
   from asset_subject_matter_expert e join app_user x on x.global_user_id = e.global_user_id where e.data_object_id = ${id})`;

/** Assets by id, a few queries' worth per page; ids of nothing are not in the answer. */
export async function loadAssets(reader: Reader, ids: readonly string[]): Promise<Map<string, AssetRow>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<AssetRow>`
    select o.id, o.connection_id, c.connection_key, c.state as connection_state, o.name, o.object_path, o.object_type,
      o.comment, c.technology, c.config ->> 'host' as host, (c.config ->> 'port')::int as port, s.id as source_id,
      (select count(*) from data_object k where k.parent_id = o.id) as child_count, o.missing_since,
      a.description, a.external_link, a.data_access_form_id, a.masking_exception_form_id,
      a.data_access_review_flow, a.masking_exception_review_flow,
      ${people(sql`o.id`)} as experts,
      coalesce((with recursive upwards (id, parent_id, height) as (
          select p.id, p.parent_id, 1 from data_object p where p.id = o.parent_id
          union all select p.id, p.parent_id, u.height + 1 from upwards u join data_object p on p.id = u.parent_id)
        select n.people from upwards u cross join lateral (select ${people(sql`u.id`)} as people) n
        where json_array_length(n.people) > 0 order by u.height limit 1), '[]') as experts_above,
      (with recursive upwards (id, parent_id, name, object_type, height) as (
          select p.id, p.parent_id, p.name, p.object_type, 1 from data_object p where p.id = o.parent_id
          union all select p.id, p.parent_id, p.name, p.object_type, u.height + 1 from upwards u join data_object p on p.id = u.parent_id)
        select coalesce(json_agg(json_build_object('id', u.id, 'name', u.name, 'legacyType', u.object_type) order by u.height desc), '[]')
        from upwards u) as ancestors,
      (select coalesce(json_agg(json_build_object('id', d.id, 'name', d.name) order by d.name, d.id), '[]')
         from domain_data_source x join domain d on d.id = x.domain_id where x.data_source_id = s.id) as domains,
      o.created_at, greatest(o.updated_at, a.updated_at) as updated_at
    from data_object o join connection c on c.id = o.connection_id left join asset a on a.data_object_id = o.id
    left join data_source s on s.data_object_id = o.id and s.enabled
    where o.id = any(${[...new Set(ids)]}::uuid[])`.execute(reader);
  return new Map(rows.map((row) => [row.id, row]));
}

export async function loadAsset(reader: Reader, id: string): Promise<AssetRow | undefined> {
  return (await loadAssets(reader, [id])).get(id);
}

/** Takes the object for this transaction: edits of one asset happen one after the other. */
export async function lockAsset(tx: Tx, id: string): Promise<AssetRow | undefined> {
  await sql`select from data_object where id = ${id} for no key update`.execute(tx);
  const row = await loadAsset(tx, id);
  if (row === undefined) return undefined;
  const flows = [row.data_access_review_flow, row.masking_exception_review_flow] as const;
  const names = await loadReviewerNames(tx, flows);
  const named = (flow: TargetFlow | null) => (flow === null ? null : targetFlow.parse(withNames(flow, names)));
  return { ...row, data_access_review_flow: named(flows[0]), masking_exception_review_flow: named(flows[1]) };
}

/** An asset as the permission rules want it. Its stewards are those whom the flows in force name. */
export const toAssetObject = (row: AssetRow, forms: AssetForms): AssetObject => ({
  kind: 'asset',
  id: row.id,
  name: row.name,
  domains: row.domains,
  reviewers: [...stewardsOf(forms.DATA_ACCESS.flows), ...stewardsOf(forms.MASKING_EXCEPTION.flows)],
});

/** The data sources at the object and below it. */
export async function countSources(reader: Reader, id: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with recursive below (id) as (
      select ${id}::uuid union all select k.id from below b join data_object k on k.parent_id = b.id)
    select count(*) as count from below b join data_source s on s.data_object_id = b.id where s.enabled`.execute(
    reader,
  );
  return rows[0]?.count ?? 0;
}
