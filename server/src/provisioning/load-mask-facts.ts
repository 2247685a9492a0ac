import { sourceFacts } from '@stoa/core/condition/facts';
import type { ColumnFamily, GovernedSource } from '@stoa/core/masking/model';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import { loadTagFacts } from '../features/tag/load-tag-facts.ts';

/** Any data policy in force: one look into a partial index. */
export const hasDataPolicies: RawBuilder<boolean> = sql<boolean>`exists (select from policy p
  where p.type = 'data' and p.state = 'active' and not p.protected and p.deleted_at is null)`;

/** What a connection has of masks; `isConcerned` false: there is nothing to look at, and nothing ever was. */
export type MaskPlace = {
  readonly isConcerned: boolean;
  readonly hasPolicies: boolean;
  readonly technology: string;
  readonly exposure: 'auto' | 'base';
};

export async function readMaskPlace(db: Reader, connectionId: string): Promise<MaskPlace> {
  const { rows } = await sql<{ concerned: boolean; policies: boolean; technology: string; exposure: string | null }>`
    select ${hasDataPolicies} as policies, c.technology, c.settings ->> 'exposure' as exposure,
      exists (select from source_protection s where s.connection_id = c.id)
        or exists (select from exemption_status e where e.connection_id = c.id and e.state <> 'REMOVED') as concerned
    from connection c where c.id = ${connectionId}`.execute(db);
  const row = rows[0];
  const hasPolicies = row?.policies ?? false;
  return {
    isConcerned: hasPolicies || (row?.concerned ?? false),
    hasPolicies,
    technology: row?.technology ?? '',
    exposure: row?.exposure === 'base' ? 'base' : 'auto',
  };
}

type ColumnRow = { ordinal: number; name: string; nativeType: string; family: ColumnFamily };
type SourceRow = {
  id: number;
  connectionKey: string;
  hostname: string | null;
  objectPath: string[];
  platformId: string | null;
  domains: string[];
  columns: ColumnRow[] | null;
};

export type MaskSource = { readonly source: GovernedSource; readonly platformId: string | null };

/** Every enabled data source of a connection, or some, with columns and tags, as data policies see it. */
export async function loadMaskSources(
  db: Reader,
  connectionId: string,
  sourceIds?: readonly number[],
): Promise<MaskSource[]> {
  const only = sourceIds === undefined ? sql`true` : sql`s.id = any(${[...sourceIds]}::int[])`;
  const { rows } = await sql<SourceRow>`
    select s.id, c.connection_key as "connectionKey", c.config ->> 'host' as hostname, o.object_path as "objectPath",
      case when o.missing_since is null then o.platform_id end as "platformId",
      array(select d.domain_id::text from domain_data_source d where d.data_source_id = s.id) as domains,
      (select json_agg(json_build_object('ordinal', k.ordinal, 'name', k.name, 'nativeType', k.native_type, 'family', k.type_family) order by k.ordinal)
        from data_source_column k where k.data_source_id = s.id) as columns
    from data_source s join connection c on c.id = s.connection_id join data_object o on o.id = s.data_object_id
    where s.connection_id = ${connectionId} and s.enabled and ${only} order by s.id`.execute(db);
  const tags = await loadTagFacts(db, connectionId, sourceIds);
  return rows.map(({ id: dataSourceId, columns, domains, platformId, ...row }) => {
    const ofColumns = tags.columns.get(dataSourceId);
    const facts = sourceFacts({
      ...row,
      dataSourceId,
      tags: tags.sources.get(dataSourceId) ?? [],
      columns: (columns ?? []).map(({ name }) => ({ name, tags: ofColumns?.get(name) ?? [] })),
    });
    return {
      platformId,
      source: {
        facts,
        domainIds: new Set(domains),
        columns: (columns ?? []).map((column, at) => ({
          ...column,
          tags: facts.columns[at]?.tags ?? new Set<string>(),
        })),
      },
    };
  });
}
