import type { PersonFacts } from '../condition/model.ts';
import { type Formula, fulfils } from './formula.ts';
import type { ReaderFacts } from './predicate.ts';
import { columnExemption, formulaExemption } from './view.ts';

/** One row of what a platform knows about a reader. */
export type Entitlement = {
  readonly principalId: string;
  readonly kind: 'exempt' | 'attr' | 'group' | 'user';
  readonly key: string;
  readonly value: string;
  /** Milliseconds; half-open. Null is for ever. */
  readonly expiresAt: number | null;
};

/** A person with a login on the platform. `raw` are texts as they stand in our rows, for comparing with data. */
export type Reader = {
  readonly principalId: string;
  readonly person: PersonFacts;
  readonly raw: {
    readonly username: string;
    readonly iam: string | null;
    readonly groups: readonly string[];
    readonly attributes: Readonly<Record<string, readonly string[]>>;
  };
};

/** An approved masking exception that holds, of one column. */
export type Exemption = {
  readonly principalId: string;
  /** Number of the column's key. */
  readonly columnKey: number;
  readonly notAfter: number | null;
};

/** One key for all fields of an entitlement that tell it apart. */
export const entitlementKey = (one: Pick<Entitlement, 'principalId' | 'kind' | 'key' | 'value'>): string =>
  JSON.stringify([one.principalId, one.kind, one.key, one.value]);

/**
 * Every row that should stand on a platform about some readers: exemptions by exception and by formula, and what row rules ask.
 * Formulas are judged once for each person, whatever the number of columns that share them.
 */
export function desiredEntitlements(world: {
  readonly now: number;
  readonly readers: readonly Reader[];
  readonly formulas: readonly (Formula & { readonly id: number })[];
  readonly exemptions: readonly Exemption[];
  readonly needed: ReaderFacts;
}): Entitlement[] {
  const rows = new Map<string, Entitlement>();
  const put = (row: Entitlement): void => {
    const key = entitlementKey(row);
    const known = rows.get(key);
    if (known === undefined || lastsLonger(row, known)) rows.set(key, row);
  };
  for (const { principalId, person, raw } of world.readers) {
    const about = { principalId, value: '', expiresAt: null };
    for (const formula of world.formulas)
      if (fulfils(formula, person)) put({ ...about, kind: 'exempt', key: formulaExemption(formula.id) });
    for (const [name, values] of Object.entries(raw.attributes)) {
      if (world.needed.attributes.has(name))
        for (const value of values) put({ ...about, kind: 'attr', key: name, value });
    }
    if (world.needed.groups) for (const group of raw.groups) put({ ...about, kind: 'group', key: group });
    if (world.needed.fields.has('username')) put({ ...about, kind: 'user', key: 'username', value: raw.username });
    if (world.needed.fields.has('iam') && raw.iam !== null) put({ ...about, kind: 'user', key: 'iam', value: raw.iam });
  }
  const known = new Set(world.readers.map((reader) => reader.principalId));
  for (const { principalId, columnKey, notAfter } of world.exemptions) {
    if (!known.has(principalId) || (notAfter !== null && notAfter <= world.now)) continue;
    put({ principalId, kind: 'exempt', key: columnExemption(columnKey), value: '', expiresAt: notAfter });
  }
  return [...rows.values()];
}

export const lastsLonger = (a: Entitlement, b: Entitlement): boolean =>
  b.expiresAt !== null && (a.expiresAt === null || a.expiresAt > b.expiresAt);

export type EntitlementDiff = { readonly end: readonly Entitlement[]; readonly add: readonly Entitlement[] };

/** What has to be taken away and written. A row with another end is written again, which moves the end. */
export function diffEntitlements(desired: readonly Entitlement[], observed: readonly Entitlement[]): EntitlementDiff {
  const wanted = new Map(desired.map((row) => [entitlementKey(row), row]));
  const there = new Map(observed.map((row) => [entitlementKey(row), row]));
  return {
    end: observed.filter((row) => !wanted.has(entitlementKey(row))),
    add: desired.filter((row) => {
      const known = there.get(entitlementKey(row));
      return known === undefined || known.expiresAt !== row.expiresAt;
    }),
  };
}
