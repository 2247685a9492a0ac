import type { Identifier } from '@stoa/contract/identifier';
import { abilitiesOnIdentifier } from '@stoa/core/permissions/abilities-identification';
import type { Actor, IdentifierObject } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { StoredIdentifier } from './load-identifiers.ts';

export const objectOf = (one: Pick<StoredIdentifier, 'ofDomain' | 'domainName' | 'isBuiltIn'>): IdentifierObject => ({
  kind: 'identifier',
  domain: one.ofDomain === null ? null : { id: one.ofDomain, name: one.domainName ?? '' },
  isBuiltIn: one.isBuiltIn,
});

/** As a list shows them; the values of a dictionary are told with one alone. */
export async function presentIdentifiers(
  db: Reader,
  actor: Actor,
  list: readonly StoredIdentifier[],
): Promise<Identifier[]> {
  const { rows } = await sql<{ id: number; count: number }>`
    select identifier_id as id, count(*)::int as count from identification_result
    where identifier_id = any(${list.map((one) => one.id)}::int[]) and outcome = 'tagged' group by 1`.execute(db);
  const counts = new Map(rows.map((row) => [row.id, row.count]));
  return list.map((one) => ({
    id: one.id,
    name: one.name,
    description: one.description,
    criteriaType: one.criteriaType,
    pattern: one.pattern,
    valueCount: one.values.length,
    caseSensitive: one.caseSensitive,
    minHitRatio: one.minHitRatio,
    tags: [...one.tags],
    specificity: one.specificity,
    validator: one.validator,
    hint: one.hint === null ? null : { words: [...one.hint.words], isRequired: one.hint.isRequired },
    isBuiltIn: one.isBuiltIn,
    domain: one.ofDomain === null ? null : { id: one.ofDomain, name: one.domainName ?? '' },
    columnCount: counts.get(one.id) ?? 0,
    updatedAt: one.updatedAt?.toISOString() ?? null,
    abilities: abilitiesOnIdentifier(actor, objectOf(one)),
  }));
}

export async function presentIdentifier(db: Reader, actor: Actor, one: StoredIdentifier): Promise<Identifier> {
  const [shown] = await presentIdentifiers(db, actor, [one]);
  if (shown === undefined) throw new Error('one identifier gave none');
  return { ...shown, values: [...one.values] };
}
