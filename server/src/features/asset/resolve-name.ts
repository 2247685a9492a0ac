import { createHash } from 'node:crypto';
import type { getAssetByMetadata as operation } from '@stoa/contract/asset';
import type { QueryOf } from '@stoa/contract/operation';
import { technology as technologies, type Technology } from '@stoa/contract/enums';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { Refusal } from '../../http/refusal.ts';
import { foldName, type NamePart, parseName } from './parse-name.ts';

export type AssetQuery = QueryOf<typeof operation>;
export type Resolved =
  | { readonly kind: 'found'; readonly id: string }
  | { readonly kind: 'unregistered'; readonly asset: Unregistered };
/** What a name means that no crawl has found: the same name gives the same id, everywhere and always. */
export type Unregistered = {
  readonly id: string;
  readonly objectPath: string[];
  readonly technology?: Technology;
  readonly host?: string;
  readonly port?: number;
  readonly legacyType?: string;
};

export type Candidate = {
  id: string;
  connection_key: string;
  technology: Technology;
  host: string | null;
  port: number | null;
  object_path: string[];
  object_type: string;
  missing: boolean;
};

/** The asset that a name of a catalog means. Several answer 409 with the candidates; none is no failure. */
export async function resolveAssetName(reader: Reader, query: AssetQuery): Promise<Resolved> {
  const parts = parseName(query.fullyQualifiedName);
  if (!parts) throw malformed('fullyQualifiedName', 'is no name of the form db.schema.table');
  const technology = readTechnology(query);
  const [candidates = []] = await findCandidates(reader, [parts], { ...query, technology });
  const [first] = candidates;
  if (first && candidates.length === 1) return { kind: 'found', id: first.id };
  if (first) throw ambiguous(candidates);
  const asset = nameUnregistered(parts, { ...query, technology });
  const boundTo = await findBound(reader, asset.id);
  return boundTo === undefined ? { kind: 'unregistered', asset } : { kind: 'found', id: boundTo };
}

/** What a governor or a crawl said that the name means. */
async function findBound(reader: Reader, id: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select o.id from requested_asset t join data_object o on o.id = t.bound_to where t.id = ${id}`.execute(reader);
  return rows[0]?.id;
}

/** Objects that are called so now, whichever way the name was folded: several when it is ambiguous. */
export async function findRegistered(reader: Reader, asset: Unregistered): Promise<string[]> {
  const bound = await findBound(reader, asset.id);
  if (bound !== undefined) return [bound];
  const { objectPath, technology, host, port, legacyType } = asset;
  // The path was folded when its technology was known; to lower case where it was not.
  const names = [true, ...(technology === undefined ? [false] : [])].map((isQuoted) =>
    objectPath.map((text) => ({ text, isQuoted })),
  );
  const filter = { technology, host, port, assetType: legacyType };
  const found = await findCandidates(reader, names, filter);
  return [...new Set(found.flat().map((one) => one.id))];
}

const malformed = (member: string, message: string): Refusal =>
  new Refusal('request.malformed', { detail: `${member} ${message}.`, errors: [{ path: `query.${member}`, message }] });

export function readTechnology(query: Pick<AssetQuery, 'technology' | 'host'>): Technology | undefined {
  if (query.technology === undefined) {
    if (query.host !== undefined) throw malformed('technology', 'is needed beside host');
    return undefined;
  }
  const wanted = query.technology.toLowerCase();
  const known = technologies.options.find((name) => name.toLowerCase() === wanted);
  if (!known) throw malformed('technology', `is none of ${technologies.options.join(', ')}`);
  return known;
}

export type Filter = Omit<AssetQuery, 'technology' | 'fullyQualifiedName'> & { technology: Technology | undefined };

/** What each of the names means, in their order: one look at the unique index on paths per name and connection. */
export async function findCandidates(
  reader: Reader,
  names: readonly (readonly NamePart[])[],
  filter: Filter,
): Promise<Candidate[][]> {
  const { rows: present } = await sql<{ technology: string }>`select distinct technology from connection`.execute(
    reader,
  );
  const folded = present
    .filter((row) => filter.technology === undefined || row.technology === filter.technology)
    .flatMap(({ technology }) => names.map((parts, at) => ({ at, technology, path: foldName(parts, technology) })));
  const { rows } = await sql<Candidate & { at: number }>`
    select w.at, o.id, c.connection_key, c.technology, c.config ->> 'host' as host, (c.config ->> 'port')::int as port,
      o.object_path, o.object_type, o.missing_since is not null as missing
    from jsonb_to_recordset(${JSON.stringify(folded)}::jsonb) as w (at int, technology text, path jsonb)
    join connection c on c.technology = w.technology
    join data_object o on o.connection_id = c.id and o.object_path = array(select jsonb_array_elements_text(w.path))
    where (${filter.host ?? null}::text is null or lower(c.config ->> 'host') = lower(${filter.host ?? null}))
      and (${filter.port ?? null}::int is null or (c.config ->> 'port')::int = ${filter.port ?? null})
      and (${filter.assetType ?? null}::text is null or lower(o.object_type) = lower(${filter.assetType ?? null}))
    order by c.connection_key, o.id`.execute(reader);
  return names.map((_, at) => rows.filter((row) => row.at === at));
}

const ambiguous = (candidates: readonly Candidate[]): Refusal =>
  new Refusal('asset.ambiguous', {
    detail: `${candidates.length} assets have this name: ${candidates
      .slice(0, 5)
      .map((c) => `${c.object_path.join('.')} on ${c.connection_key}`)
      .join(', ')}.`,
    extra: {
      candidates: candidates.slice(0, 100).map((c) => ({
        id: c.id,
        connectionKey: c.connection_key,
        technology: c.technology,
        host: c.host,
        port: c.port,
        objectPath: c.object_path,
        legacyType: c.object_type,
      })),
    },
  });

function nameUnregistered(parts: readonly NamePart[], filter: Filter): Unregistered {
  const named = {
    ...(filter.technology === undefined ? {} : { technology: filter.technology }),
    ...(filter.host === undefined ? {} : { host: filter.host.toLowerCase() }),
    ...(filter.port === undefined ? {} : { port: filter.port }),
    objectPath: foldName(parts, filter.technology),
    ...(filter.assetType === undefined ? {} : { legacyType: filter.assetType.toLowerCase() }),
  };
  return { id: idOfMetadata(named), ...named };
}

/** A UUID of the metadata (version 8 of RFC 9562): requests for the same unknown object meet under one id. */
export function idOfMetadata(metadata: Omit<Unregistered, 'id'>): string {
  const { technology, host, port, objectPath, legacyType } = metadata;
  const bytes = createHash('sha256')
    .update(
      JSON.stringify(['stoa.asset', technology ?? null, host ?? null, port ?? null, objectPath, legacyType ?? null]),
    )
    .digest();
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
