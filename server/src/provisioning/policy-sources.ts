import type { Protection, Source } from '@stoa/core/access/model';
import type { PolicyRule, PolicySource } from '@stoa/core/access/policy-rules';
import type { Circumstance } from '@stoa/core/condition/circumstance';
import { sourceFacts } from '@stoa/core/condition/facts';
import { conditionNames } from '@stoa/core/condition/names';
import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import { loadTagFacts, type TagFacts } from '../features/tag/load-tag-facts.ts';
import { protectionJson } from './load-sources.ts';

type Row = Omit<Source, 'dataSourceId' | 'enabled' | 'protection'> & {
  protection: Protection | null;
  id: number;
  connectionKey: string;
  hostname: string | null;
  domains: string[];
  columns: string[] | null;
};

export type LoadedPolicySource = { readonly facts: PolicySource; readonly source: Source };

/** What some rules ask about sources beside where they lie. */
export type SourceNeeds = { readonly tags: boolean; readonly columns: boolean };

const asksForTags = ({ type }: Circumstance): boolean => type === 'tags' || type === 'columnTags' || type === 'noTags';

/** Tags and columns are read only where some rule looks at them. */
export function needsOf(
  rules: readonly PolicyRule[],
  circumstances: readonly { readonly circumstances: readonly Circumstance[] }[],
): SourceNeeds {
  const all = circumstances.flatMap((policy) => policy.circumstances);
  const compares = rules.some((rule) => rule.condition !== null && conditionNames(rule.condition).tagsOf.size > 0);
  return { tags: compares || all.some(asksForTags), columns: all.some((c) => c.type === 'columnRegex') };
}

/** Data sources as policies see them, and as the platform has them: all enabled ones of a connection, or some. */
export async function loadPolicySources(
  db: Reader,
  connectionId: string,
  { sourceIds, needs }: { sourceIds: readonly number[] | null; needs: SourceNeeds },
): Promise<LoadedPolicySource[]> {
  if (sourceIds?.length === 0) return [];
  const only = sourceIds === null ? sql`s.enabled` : sql`s.id = any(${[...sourceIds]}::int[])`;
  const columns = needs.columns
    ? sql`(select array_agg(k.name) from data_source_column k where k.data_source_id = s.id)`
    : sql`null::text[]`;
  const { rows } = await sql<Row>`
    select s.id, c.connection_key as "connectionKey", c.config ->> 'host' as hostname, o.object_path as "objectPath",
      coalesce(o.platform_id, '') as "platformId", coalesce(p.platform_id, '') as "schemaPlatformId", o.object_type as "objectType",
      o.owner_platform_id as "ownerPlatformId", o.hold is not null as hold,
      o.missing_since is not null or o.platform_id is null as missing, ${protectionJson} as protection,
      array(select d.domain_id::text from domain_data_source d where d.data_source_id = s.id) as domains, ${columns} as columns
    from data_source s join connection c on c.id = s.connection_id join data_object o on o.id = s.data_object_id
      left join data_object p on p.id = o.parent_id left join source_protection sp on sp.data_source_id = s.id
    where s.connection_id = ${connectionId} and ${only} and s.enabled`.execute(db);
  const tags = needs.tags ? await loadTagFacts(db, connectionId, sourceIds ?? undefined) : noTags;
  return rows.map((row) => toLoaded(row, tags));
}

const noTags: TagFacts = { sources: new Map(), columns: new Map() };

function toLoaded(row: Row, tags: TagFacts): LoadedPolicySource {
  const { id: dataSourceId, connectionKey, hostname, domains, columns, protection, ...platform } = row;
  const ofColumns = tags.columns.get(dataSourceId);
  const names = new Set([...(columns ?? []), ...(ofColumns?.keys() ?? [])]);
  const facts = sourceFacts({
    dataSourceId,
    connectionKey,
    hostname,
    objectPath: row.objectPath,
    tags: tags.sources.get(dataSourceId) ?? [],
    columns: [...names].map((name) => ({ name, tags: ofColumns?.get(name) ?? [] })),
  });
  return {
    facts: { ...facts, domainIds: new Set(domains) },
    source: { ...platform, dataSourceId, enabled: true, ...(protection === null ? {} : { protection }) },
  };
}
