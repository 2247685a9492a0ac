import type { ReportScope } from '@stoa/core/permissions/standing';
import { type RawBuilder, sql } from 'kysely';

/** Whether the reader's reports speak of a data source; `sourceId` is its id in the query around. */
export const speaksOfSource = (scope: ReportScope, sourceId: RawBuilder<unknown>): RawBuilder<boolean> =>
  scope === 'all'
    ? sql<boolean>`true`
    : sql<boolean>`exists (select from domain_data_source in_scope
        where in_scope.data_source_id = ${sourceId} and in_scope.domain_id = any(${[...scope]}::uuid[]))`;

/** Whether they speak of what a request `r` asks for: a product with a domain of theirs, or an asset with a source of theirs. */
export const speaksOfRequest = (scope: ReportScope): RawBuilder<boolean> =>
  scope === 'all'
    ? sql<boolean>`true`
    : sql<boolean>`(exists (select from data_product_domain its where its.data_product_id = r.data_product_id
          and its.domain_id = any(${[...scope]}::uuid[]))
        or exists (select from data_source own join domain_data_source its on its.data_source_id = own.id
          where own.data_object_id = r.asset_id and its.domain_id = any(${[...scope]}::uuid[])))`;
