import type { PolicySource } from '../access/policy-rules.ts';
import type { ColumnVerdict, GovernedSource, NotEnforceable, SourceVerdict } from '../masking/model.ts';

/** A column that readers would see otherwise; null where it is in clear. */
export type MaskChange = {
  readonly dataSourceId: number;
  readonly column: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly degradedTo: string | null;
};
export type RowChange = { readonly dataSourceId: number; readonly policyName: string; readonly act: 'add' | 'remove' };
export type EnforcementLoss = NotEnforceable & { readonly dataSourceId: number };

export type MaskComparison = {
  readonly columns: readonly MaskChange[];
  readonly rows: readonly RowChange[];
  /** What the platform could not do, and has not to do now. */
  readonly notEnforceable: readonly EnforcementLoss[];
};

/** The source as data policies see it, with the tags and domains that it would have. */
export function governedAs(source: GovernedSource, facts: PolicySource): GovernedSource {
  const tags = new Map(facts.columns.map((column) => [column.name, column.tags]));
  const none: ReadonlySet<string> = new Set();
  return {
    ...source,
    facts: { ...source.facts, tags: facts.tags, columns: facts.columns },
    domainIds: facts.domainIds,
    columns: source.columns.map((column) => ({ ...column, tags: tags.get(column.name.normalize('NFC')) ?? none })),
  };
}

/** What of a verdict readers notice; which policy says it is not among that. */
const seenOf = ({ masking, where, who, reveals, isLiftable }: ColumnVerdict): string =>
  JSON.stringify([masking, where, who, reveals, isLiftable]);

/** Compares what data policies make of one source before and after. */
export function compareMasks(before: SourceVerdict, after: SourceVerdict): MaskComparison {
  const { dataSourceId } = after;
  const [had, has] = [before, after].map((one) => new Map(one.columns.map((column) => [column.ordinal, column])));
  const columns: MaskChange[] = [];
  for (const ordinal of new Set([...(had?.keys() ?? []), ...(has?.keys() ?? [])])) {
    const [old, next] = [had?.get(ordinal), has?.get(ordinal)];
    if (old !== undefined && next !== undefined && seenOf(old) === seenOf(next)) continue;
    columns.push({
      dataSourceId,
      column: (next ?? old)?.name ?? '',
      before: old?.masking.maskingType ?? null,
      after: next?.masking.maskingType ?? null,
      degradedTo: next?.degradedTo ?? null,
    });
  }
  const known = new Set(before.notEnforceable.map((one) => one.policyId));
  return {
    columns,
    rows: [...rowsOf(after, before, 'add'), ...rowsOf(before, after, 'remove')],
    notEnforceable: after.notEnforceable
      .filter((one) => !known.has(one.policyId))
      .map((one) => ({ ...one, dataSourceId })),
  };
}

/** Rules of the one side that the other does not have; one that says something else by now is both. */
function rowsOf(side: SourceVerdict, other: SourceVerdict, act: RowChange['act']): RowChange[] {
  const there = new Set(other.rows.map((rule) => JSON.stringify([rule.policyId, rule.who, rule.rule])));
  return side.rows
    .filter((rule) => !there.has(JSON.stringify([rule.policyId, rule.who, rule.rule])))
    .map(({ policyName }) => ({ dataSourceId: side.dataSourceId, policyName, act }));
}
