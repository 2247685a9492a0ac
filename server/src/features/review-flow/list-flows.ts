import type { FlowInForce, listReviewFlows as listOperation } from '@stoa/contract/flow-in-force';
import type { RequestType } from '@stoa/contract/enums';
import type { QueryOf } from '@stoa/contract/operation';
import { offsetMetaOf } from '@stoa/contract/page';
import type { Actor } from '@stoa/core/permissions/objects';
import { hasPermission } from '@stoa/core/person';
import { delegates } from '@stoa/core/review/resolve-flow';
import { standardRequestForm } from '@stoa/core/review/standard';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import { type List, type OrderKey, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';
import { presentFlow, readStoredFlow } from '../request-form/stored-flow.ts';
import { loadReviewerNames, withNames } from './reviewer-names.ts';

type Query = QueryOf<typeof listOperation>;

const standard = sql`${standardRequestForm.id}::uuid`;

const formFlows = sql`
  select 'form' as owner, f.id, f.name, null::text as type, null::text as slug, '' as request_type, f.updated_at, f.id as form_id,
    coalesce(u.count, 0) as used_by
  from request_form f left join (
    select form_id, count(*) from (
      select w.form_id from data_product p cross join lateral (
        select coalesce(p.data_access_form_id, ${standard}) union select coalesce(p.masking_exception_form_id, ${standard})) w (form_id)
      where p.deleted_at is null
      union all
      select w.form_id from asset a cross join lateral (
        select a.data_access_form_id union select a.masking_exception_form_id) w (form_id)) w
    group by form_id) u on u.form_id = f.id
  where f.deleted_at is null`;

const productFlows = sql`
  select 'target', p.id, p.name, 'DATA_PRODUCT', p.slug, w.type, p.updated_at, coalesce(w.form_id, ${standard}), 1
  from data_product p
  cross join lateral (values ('DATA_ACCESS', p.data_access_review_flow, p.data_access_form_id),
    ('MASKING_EXCEPTION', p.masking_exception_review_flow, p.masking_exception_form_id)) w (type, flow, form_id)
  where p.deleted_at is null and w.flow is not null`;

const assetFlows = sql`
  select 'target', o.id, o.name, 'DATA_OBJECT', null, w.type, a.updated_at,
    coalesce((select case w.type when 'DATA_ACCESS' then x.data_access_form_id else x.masking_exception_form_id end
      from asset_in_force(o.id) x), ${standard}), 1
  from asset a join data_object o on o.id = a.data_object_id
  cross join lateral (values ('DATA_ACCESS', a.data_access_review_flow), ('MASKING_EXCEPTION', a.masking_exception_review_flow)) w (type, flow)
  where w.flow is not null`;

const flows = sql`(${formFlows} union all ${productFlows} union all ${assetFlows}) w`;

const orders: Record<Query['sortBy'], OrderKey> = {
  name: { value: sql`lower(w.name)`, type: 'text' },
  updatedAt: { value: sql`w.updated_at`, type: 'timestamptz' },
  usedBy: { value: sql`w.used_by`, type: 'integer' },
};

/** Forms are for everybody to read. Of targets, governors see all; managers the products of their domains. */
function visible(actor: Actor): RawBuilder<unknown> {
  if (hasPermission(actor, 'GOVERNANCE')) return sql`true`;
  const held = actor.domainPermissions.filter((d) => d.permission === 'Manage Data Products').map((d) => d.domainId);
  return sql`(w.owner = 'form' or (w.type = 'DATA_PRODUCT' and not exists (
    select from data_product_domain x where x.data_product_id = w.id and x.domain_id <> all(${held}::uuid[]))))`;
}

function conditions(actor: Actor, query: Query): RawBuilder<boolean> {
  const parts: RawBuilder<unknown>[] = [visible(actor)];
  const text = query.searchText?.trim() ?? '';
  if (text !== '') parts.push(sql`w.name ilike ${likePattern(text)}`);
  if (query.owner !== undefined) parts.push(sql`w.owner = any(${query.owner}::text[])`);
  if (query.requestType !== undefined)
    parts.push(sql`(w.owner = 'form' or w.request_type = any(${query.requestType}::text[]))`);
  return sql<boolean>`${sql.join(parts, sql` and `)}`;
}

/** The flows of forms, and those that targets carry themselves, a page of them. */
export async function listReviewFlows(deps: Pick<Deps, 'db' | 'landmarks'>, actor: Actor, query: Query) {
  const list: List = {
    from: flows,
    where: conditions(actor, query),
    order: [orders[query.sortBy], { value: sql`w.id`, type: 'uuid' }, { value: sql`w.request_type`, type: 'text' }],
    isDescending: query.sortOrder === 'desc',
  };
  const { total, keys } = await readPage(deps, list, query);
  const ids = keys.map((key) => key.at(-2) ?? '');
  const types = keys.map((key) => key.at(-1) ?? '');
  const { rows } = await sql<Row>`
    select w.owner, w.id, w.name, w.type, w.slug, w.request_type, w.updated_at, w.used_by::int as used_by, w.form_id,
      f.name as form_name, v.policy,
      case w.type
        when 'DATA_PRODUCT' then (select case w.request_type when 'DATA_ACCESS' then p.data_access_review_flow
          else p.masking_exception_review_flow end from data_product p where p.id = w.id)
        when 'DATA_OBJECT' then (select case w.request_type when 'DATA_ACCESS' then a.data_access_review_flow
          else a.masking_exception_review_flow end from asset a where a.data_object_id = w.id)
      end as flow
    from unnest(${ids}::uuid[], ${types}::text[]) with ordinality as k (id, request_type, place)
    join ${flows} on w.id = k.id and w.request_type = k.request_type
    join request_form f on f.id = w.form_id join request_form_version v on v.version = f.current_version
    order by k.place`.execute(deps.db);
  const names = await loadReviewerNames(
    deps.db,
    rows.map((row) => [row.policy, row.flow]),
  );
  const named = rows.map((row) => ({
    ...row,
    policy: withNames(row.policy, names),
    flow: withNames(row.flow, names),
  }));
  return { data: named.map(present), meta: offsetMetaOf(query, total, rows.length) };
}

type Row = {
  owner: 'form' | 'target';
  id: string;
  name: string;
  type: 'DATA_PRODUCT' | 'DATA_OBJECT' | null;
  slug: string | null;
  request_type: RequestType | '';
  updated_at: Date;
  used_by: number;
  form_id: string;
  form_name: string;
  policy: unknown;
  flow: unknown;
};

function present(row: Row): FlowInForce {
  const policy = readStoredFlow(row.policy, 'form');
  const shared = {
    owner: row.owner,
    id: row.id,
    name: row.name,
    usedBy: row.used_by,
    updatedAt: row.updated_at.toISOString(),
  };
  if (row.owner === 'form' || row.type === null || row.request_type === '')
    return { ...shared, flow: presentFlow(policy), isActive: true };
  return {
    ...shared,
    type: row.type,
    requestType: row.request_type,
    ...(row.slug === null ? {} : { slug: row.slug }),
    flow: presentFlow(readStoredFlow(row.flow, 'target')),
    isActive: delegates(policy),
    formId: row.form_id,
    formName: row.form_name,
  };
}
