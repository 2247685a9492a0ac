import type { Actor } from '@stoa/core/permissions/objects';
import { reportScope, type Scope } from '@stoa/core/permissions/standing';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { requireMay } from '../../http/require.ts';
import { ownNodes, rolesSomewhere } from '../data-object/held-roles.ts';

/** What the reader's reports speak of. Goes on when they speak of something at all. */
export async function requireReportScope(db: Reader, actor: Actor): Promise<Scope> {
  const plain = reportScope(actor);
  if (plain === 'all') return plain;
  const somewhere = await rolesSomewhere(db, actor);
  requireMay(actor, 'report.read', somewhere);
  return reportScope(actor, somewhere.callerRoles);
}

/** Whether the reader's reports speak of a data source; `sourceId` is its id in the query around. */
export const speaksOfSource = (scope: Scope, sourceId: RawBuilder<unknown>): RawBuilder<boolean> =>
  scope === 'all'
    ? sql<boolean>`true`
    : sql<boolean>`(exists (select from domain_data_source in_scope
        where in_scope.data_source_id = ${sourceId} and in_scope.domain_id = any(${[...scope.domainIds]}::uuid[]))
      ${scope.owner === null ? sql`` : sql`or ${sourceId} in (${ownedSources(scope.owner)})`})`;

const ownedSources = (owner: Actor) => sql`
  select owned_source.id from data_source owned_source where owned_source.data_object_id in (${ownNodes(owner, 'Data Owner')})`;

/** Whether they speak of what a request `r` asks for: a product with a domain or a source of theirs, or an asset with a source of theirs. */
export const speaksOfRequest = (scope: Scope): RawBuilder<boolean> =>
  scope === 'all'
    ? sql<boolean>`true`
    : sql<boolean>`(exists (select from data_product_domain its where its.data_product_id = r.data_product_id
          and its.domain_id = any(${[...scope.domainIds]}::uuid[]))
        or exists (select from data_source own join domain_data_source its on its.data_source_id = own.id
          where own.data_object_id = r.asset_id and its.domain_id = any(${[...scope.domainIds]}::uuid[]))
        ${
          scope.owner === null
            ? sql``
            : sql`or r.asset_id in (${ownNodes(scope.owner, 'Data Owner')}) or r.data_product_id in (
          select x.data_product_id from data_product_source x where x.data_source_id in (${ownedSources(scope.owner)}))`
        })`;
