import type { SourceRules } from './policy-rules.ts';

/** What policies say of many sources. It is kept once for all sources of which they say the same, and by source when somebody asks. */
export class MergedRules {
  static readonly none: MergedRules = new MergedRules([]);

  /** What is said, each with its sources; no source is in two of them. */
  readonly groups: readonly SourceRules[];
  #bySource: Map<number, SourceRules> | null = null;

  constructor(groups: readonly SourceRules[]) {
    this.groups = groups;
  }

  /** What is said of a source; undefined where no rule acts on it. */
  get(dataSourceId: number): SourceRules | undefined {
    return this.groups.length === 0 ? undefined : this.bySource().get(dataSourceId);
  }

  /** Every source on which a rule acts. */
  bySource(): ReadonlyMap<number, SourceRules> {
    if (this.#bySource !== null) return this.#bySource;
    const known = new Map<number, SourceRules>();
    for (const group of this.groups) for (const id of group.sourceIds) known.set(id, group);
    return (this.#bySource = known);
  }
}
