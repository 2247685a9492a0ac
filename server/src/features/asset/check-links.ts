import type { CheckedName, checkLinks as operation } from '@stoa/contract/asset-link';
import type { QueryOf } from '@stoa/contract/operation';
import type { Reader } from '../../db/pool.ts';
import { type NamePart, parseName } from './parse-name.ts';
import { type Candidate, findCandidates, readTechnology } from './resolve-name.ts';

/** What the names of a catalog lead to, one answer for each in their order. */
export async function checkLinks(reader: Reader, query: QueryOf<typeof operation>): Promise<CheckedName[]> {
  const parsed = query.fqn.map((name) => ({ name, parts: isOneLine(name) ? parseName(name) : null }));
  const readable = parsed.flatMap(({ parts }) => (parts === null ? [] : [parts]));
  const found = await findCandidates(reader, readable, { ...query, technology: readTechnology(query) });
  const candidatesOf = new Map<readonly NamePart[], Candidate[]>(readable.map((parts, at) => [parts, found[at] ?? []]));
  return parsed.map(({ name, parts }) => present(name, parts === null ? undefined : (candidatesOf.get(parts) ?? [])));
}

const isOneLine = (name: string): boolean => !/\p{Cc}/u.test(name);

const states = ['unknown', 'registered', 'ambiguous'] as const;

const present = (fullyQualifiedName: string, candidates: readonly Candidate[] | undefined): CheckedName => ({
  fullyQualifiedName,
  state: states[Math.min(candidates?.length ?? 0, 2)] ?? 'unknown',
  ...(candidates === undefined ? { problem: 'It is no name of the form db.schema.table.' } : {}),
  assets: (candidates ?? []).slice(0, 100).map((c) => ({
    id: c.id,
    connectionKey: c.connection_key,
    technology: c.technology,
    objectPath: c.object_path,
    legacyType: c.object_type,
    missing: c.missing,
  })),
});
