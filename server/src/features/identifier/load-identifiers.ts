import { builtIns } from '@stoa/core/identification/built-ins';
import type { CriteriaType, Identifier } from '@stoa/core/identification/identifier';
import { readableFamilies } from '@stoa/core/identification/identifier';
import type { SetEntry } from '@stoa/core/identification/identifier-set';
import { type ValidatorName, validators } from '@stoa/core/identification/validators';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';

/** An identifier, and the domain it was made for. */
export type StoredIdentifier = Identifier & {
  readonly ofDomain: string | null;
  readonly domainName: string | null;
  readonly updatedAt: Date | null;
};

type Row = {
  id: number;
  domain_id: string | null;
  domain_name: string | null;
  name: string;
  description: string;
  criteria_type: CriteriaType;
  pattern: string | null;
  dictionary: string[];
  case_sensitive: boolean;
  min_hit_ratio: number;
  tags: string[];
  specificity: number;
  validator: string | null;
  updated_at: Date;
};

const everywhere = { ofDomain: null, domainName: null, updatedAt: null };
/** The built-in ones as stored ones. */
export const storedBuiltIns: readonly StoredIdentifier[] = builtIns.map((one) => ({ ...one, ...everywhere }));

const isValidator = (name: string | null): name is ValidatorName => name !== null && name in validators;

function toIdentifier(row: Row): StoredIdentifier {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    criteriaType: row.criteria_type,
    pattern: row.pattern,
    values: row.dictionary,
    caseSensitive: row.case_sensitive,
    minHitRatio: row.min_hit_ratio,
    tags: row.tags,
    specificity: row.specificity,
    validator: isValidator(row.validator) ? row.validator : null,
    isBuiltIn: false,
    families: row.criteria_type === 'columnNameRegex' ? anyFamily : readableFamilies,
    hint: null,
    ofDomain: row.domain_id,
    domainName: row.domain_name,
    updatedAt: row.updated_at,
  };
}

/** A name says what it says whatever kind the column is of. */
const anyFamily: Identifier['families'] = [
  ...readableFamilies,
  'float',
  'boolean',
  'date',
  'timestamp',
  'time',
  'binary',
  'json',
  'other',
];

/** Own identifiers that the condition on `i` holds for, in the order of their numbers. */
export async function loadOwn(db: Reader, where: RawBuilder<unknown>): Promise<StoredIdentifier[]> {
  const { rows } = await sql<Row>`
    select i.*, d.name as domain_name from identifier i left join domain d on d.id = i.domain_id where ${where} order by i.id`.execute(
    db,
  );
  return rows.map(toIdentifier);
}

/** Everything that a run looks for, and what domains say of it. */
export async function loadForRun(db: Reader): Promise<{ identifiers: StoredIdentifier[]; entries: SetEntry[] }> {
  const own = await loadOwn(db, sql`true`);
  const { rows } = await sql<SetEntry>`
    select domain_id as "domainId", identifier_id as "identifierId", is_enabled as "isEnabled", tags
    from identifier_set_entry`.execute(db);
  return { identifiers: [...storedBuiltIns, ...own], entries: rows };
}

export async function findIdentifier(db: Reader, id: number): Promise<StoredIdentifier | undefined> {
  return storedBuiltIns.find((one) => one.id === id) ?? (await loadOwn(db, sql`i.id = ${id}`))[0];
}
