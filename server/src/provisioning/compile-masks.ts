import { createHash } from 'node:crypto';
import type { PlatformSession } from '@stoa/connectors/connector';
import type { Masking } from '@stoa/contract/masking';
import type { StoredDataPolicy } from '@stoa/contract/policy';
import { customKey } from '@stoa/core/masking/fit-mask';
import type { Formula } from '@stoa/core/masking/formula';
import { sourceJudge } from '@stoa/core/masking/judge-source';
import { isProtected, type MaskAbilities, type SourceVerdict } from '@stoa/core/masking/model';
import type { DesiredView, KnownView } from '@stoa/core/masking/plan';
import type { ReaderFacts } from '@stoa/core/masking/predicate';
import { describeView, keysNeeded, readersNeeded } from '@stoa/core/masking/view';
import type { Deps } from '../deps.ts';
import { loadDataPolicies } from '../features/policy/load-active.ts';
import { loadMaskSources, type MaskPlace, type MaskSource } from './load-mask-facts.ts';
import { ensureMaskKeys } from './mask-keys.ts';

export type CompiledSource = {
  readonly verdict: SourceVerdict;
  readonly source: MaskSource['source'];
  readonly platformId: MaskSource['platformId'];
  /** Null: nothing stands between readers and it, or nothing can. */
  readonly view: Omit<DesiredView, 'known'> | null;
  /** Why it must be read by nobody, by what policies say alone. */
  readonly closed: 'protection.not_enforceable' | 'protection.table_missing' | null;
};

export type CompiledMasks = {
  readonly sources: readonly CompiledSource[];
  readonly formulas: readonly (Formula & { readonly id: number })[];
  readonly needed: ReaderFacts;
};

/** The data policies in force, compiled for every source of a connection. Nothing here depends on a person. */
export async function compileMasks(
  deps: Deps,
  session: PlatformSession,
  { connectionId, place }: { connectionId: string; place: MaskPlace },
): Promise<CompiledMasks> {
  if (!place.hasPolicies && !place.hasViews)
    return { sources: [], formulas: [], needed: { attributes: new Set(), groups: false, fields: new Set() } };
  const policies = place.hasPolicies ? await loadDataPolicies(deps.db) : [];
  const loaded = await loadMaskSources(deps.db, connectionId);
  const can = session.capabilities;
  const abilities: MaskAbilities = {
    maskTypes: new Set(can.maskTypes),
    rowKinds: new Set(can.rowKinds),
    provenCustom: await proveCustoms(session, policies, loaded),
  };
  const judge = sourceJudge(policies, abilities);
  const judged = loaded.map((one) => ({ ...one, verdict: judge(one.source) }));
  const shielded = judged.filter(({ verdict }) => isProtected(verdict));
  const needs = shielded.map(({ source, verdict }) => keysNeeded(source, verdict));
  const formulas = new Map(needs.flatMap((need) => need.formulas).map((formula) => [formula.text, formula]));
  const book = await ensureMaskKeys(deps.db, {
    columns: [...new Set(needs.flatMap((need) => need.columns))],
    formulas: [...formulas.values()],
  });
  return {
    sources: judged.map(({ source, platformId, verdict }) => {
      const closed =
        verdict.notEnforceable.length > 0 || (verdict.exposure === 'views' && can.maskTypes.length === 0)
          ? 'protection.not_enforceable'
          : platformId === null
            ? 'protection.table_missing'
            : null;
      if (!isProtected(verdict)) return { verdict, source, platformId, view: null, closed: null };
      const view =
        closed === null && platformId !== null ? { view: describeView(source, verdict, book), platformId } : null;
      return { verdict, source, platformId, view, closed };
    }),
    formulas: [...formulas.values()].flatMap((formula) => {
      const id = book.formulas.get(formula.text);
      return id === undefined ? [] : [{ ...formula, id }];
    }),
    needed: readersNeeded(shielded.map(({ verdict }) => verdict)),
  };
}

/** A view as it was described before, under a digest: descriptions are long. */
export const digestOf = (fingerprint: string): string => createHash('sha256').update(fingerprint).digest('base64url');

export const withKnown = (view: Omit<DesiredView, 'known'>, known: KnownView | null): DesiredView => ({
  ...view,
  known,
});

/** The expressions of custom masks in a policy. */
export const customsOf = ({ body: { action, who } }: StoredDataPolicy): string[] => {
  const asked: (Masking | string)[] = [
    ...(action.kind === 'mask' ? [action.masking] : []),
    ...(who.for === 'everyoneWho' ? [who.otherwise] : []),
  ];
  return asked.flatMap((one) => (typeof one !== 'string' && one.maskingType === 'custom' ? [one.expression] : []));
};

/**
 * Expressions that governors wrote, tried on every column they might meet. Only a table whose columns are as they were crawled is
 * described later, so that what was shown of a type holds for it.
 */
async function proveCustoms(
  session: PlatformSession,
  policies: readonly StoredDataPolicy[],
  loaded: readonly MaskSource[],
): Promise<Set<string>> {
  const expressions = [...new Set(policies.flatMap(customsOf))];
  const proven = new Set<string>();
  if (expressions.length === 0) return proven;
  const abilities: MaskAbilities = {
    maskTypes: new Set(session.capabilities.maskTypes),
    rowKinds: new Set(session.capabilities.rowKinds),
    provenCustom: proven,
  };
  const judge = sourceJudge(policies, abilities);
  for (const { source, platformId } of loaded) {
    const masked = new Set(
      judge(source)
        .columns.filter((column) => column.degradedWhy === 'custom.not_proven' || column.who.kind === 'everyoneWho')
        .map((column) => column.ordinal),
    );
    for (const column of source.columns) {
      if (platformId === null || !masked.has(column.ordinal)) continue;
      for (const expression of expressions) {
        if ((await session.proveCustom(platformId, column.name, expression)) === null)
          proven.add(customKey(source.facts.dataSourceId, column, expression));
      }
    }
  }
  return proven;
}
