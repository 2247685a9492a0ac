import type { searchDataProducts as searchOperation } from '@stoa/contract/data-product';
import type { QueryOf } from '@stoa/contract/operation';
import { hasPermission } from '@stoa/core/person';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { readSwitches } from '../../settings-store.ts';
import { knowsProduct } from '../data-source/queries.ts';
import { sourcesTagged } from '../tag/stored-tags.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { hasUsableSource } from './caller-access.ts';
import { holdsInAllDomains, type ReviewConditions, reviewConditions } from './review-classes.ts';

export type ProductQuery = QueryOf<typeof searchOperation>;
type Condition = RawBuilder<boolean>;

/** Conditions on `p` (data_product), with the caller's access joined as `mine`. */
export type SearchConditions = {
  /** What the caller may see, and every filter that is no facet. */
  readonly base: Condition;
  /** The facets, each apart: a count of one facet heeds the choices in the others, not its own. */
  readonly domain: Condition;
  readonly technology: Condition;
  readonly state: Condition;
  readonly tag: Condition;
  /** The caller's access state of a row, as `accessStateOf` gives it. */
  readonly stateOf: RawBuilder<string>;
  /** The forms that were read to come to these conditions. */
  readonly forms: ReviewConditions['forms'];
};

const yes = sql<boolean>`true`;
const all = (conditions: readonly Condition[]): Condition =>
  sql<boolean>`(${sql.join([yes, ...conditions], sql` and `)})`;
const some = (conditions: readonly Condition[]): Condition => sql<boolean>`(${sql.join(conditions, sql` or `)})`;

export async function searchConditions(
  reader: Reader,
  actor: LoadedPerson,
  query: ProductQuery,
): Promise<SearchConditions> {
  const review = await reviewConditions(reader, actor);
  const isManager = holdsInAllDomains(actor, 'Manage Data Products');
  const roles = {
    isManager,
    isSteward: review.isSteward,
    isMember: sql<boolean>`coalesce(mine.status = 'APPROVED', false)`,
  };
  const { showDataProductsToConsumers } = await readSwitches(reader);
  const seesAll = showDataProductsToConsumers || hasPermission(actor, 'GOVERNANCE') || hasPermission(actor, 'AUDIT');
  const stateOf = sql<string>`case when p.suspended then 'BLOCKED' when mine.status = 'APPROVED' and not mine.awaits_acceptance then 'HAVE'
    when mine.status in ('APPROVED', 'PENDING') then 'PENDING' when not ${hasUsableSource} or ${review.denies} then 'BLOCKED'
    when mine.status = 'EXPIRED' then 'EXPIRED' when ${review.approves} then 'AUTO' else 'ASK' end`;
  return {
    base: all([
      sql<boolean>`p.deleted_at is null`,
      ...(seesAll ? [] : [some([isManager, review.isSteward, hasAsked(actor)])]),
      ...filters(actor, query),
      ...(query.roleFilter ? [some(query.roleFilter.map((role) => roleCondition(role, roles)))] : []),
    ]),
    domain: query.domainId
      ? sql<boolean>`exists (select from data_product_domain fd where fd.data_product_id = p.id and fd.domain_id = any(${query.domainId}::uuid[]))`
      : yes,
    technology: query.technology
      ? sql<boolean>`exists (select from container fk join connection fc on fc.id = fk.connection_id
          where fk.target_id = p.id and fc.technology = any(${query.technology}::text[]))`
      : yes,
    state: query.state ? sql<boolean>`${stateOf} = any(${query.state}::text[])` : yes,
    tag:
      query.tag === undefined
        ? yes
        : sql<boolean>`p.id = any(${await productsTagged(reader, query.tag, knowsProduct({ actor, areProductsShown: showDataProductsToConsumers }))}::uuid[])`,
    stateOf,
    forms: review.forms,
  };
}

/** Read once and first: each question about the page would find them anew. */
async function productsTagged(reader: Reader, names: readonly string[], knows: Condition): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select distinct x.data_product_id as id from data_product_source x
      join (${sourcesTagged(names, knows)}) tagged on tagged.id = x.data_source_id`.execute(reader);
  return rows.map((row) => row.id);
}

/** The caller is one of the two people of some request for it. */
const hasAsked = (actor: LoadedPerson): Condition => sql<boolean>`p.id in (
  select data_product_id from access_request where beneficiary = ${actor.globalUserId}
  union select data_product_id from access_request where requesting_user = ${actor.globalUserId})`;

function filters(actor: LoadedPerson, query: ProductQuery): Condition[] {
  const conditions: Condition[] = [];
  if (query.nameFilter !== undefined && query.nameFilter !== '')
    conditions.push(sql<boolean>`normalize(p.name, nfc) ilike ${likePattern(query.nameFilter)}`);
  if (query.statusFilter)
    conditions.push(sql<boolean>`coalesce(mine.status, case when p.created_by = ${actor.globalUserId} then 'PUBLISHER' else 'NONE' end)
      = any(${query.statusFilter}::text[])`);
  // Whether the caller's access has an end.
  if (query.expiration !== undefined)
    conditions.push(sql<boolean>`(mine.expiration is not null) = ${query.expiration}`);
  return conditions;
}

type Roles = { isManager: Condition; isSteward: Condition; isMember: Condition };

function roleCondition(
  role: NonNullable<ProductQuery['roleFilter']>[number],
  { isManager, isSteward, isMember }: Roles,
): Condition {
  switch (role) {
    case 'manager':
      return isManager;
    case 'steward':
      return isSteward;
    case 'member':
      return isMember;
    case 'noRole':
      return sql<boolean>`not (${some([isManager, isSteward, isMember])})`;
  }
}
