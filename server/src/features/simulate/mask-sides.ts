import type { StoredDataPolicy, StoredPolicy } from '@stoa/contract/policy';
import { sourceJudge } from '@stoa/core/masking/judge-source';
import { isProtected, type MaskAbilities, type SourceVerdict } from '@stoa/core/masking/model';
import { compareMasks, governedAs, type MaskComparison } from '@stoa/core/simulate/compare-masks';
import type { SimulatedWorld } from '@stoa/core/simulate/world';
import { maskCapabilities } from '../../provisioning/connectors.ts';
import type { MaskSource } from '../../provisioning/load-mask-facts.ts';
import type { LoadedWorld } from './load-world.ts';

const isData = (policy: StoredPolicy): policy is StoredDataPolicy => policy.type === 'data';

/** Whether SQL of somebody's own fits a column the platform is asked when the policy is enforced, not with every preview. */
const takenAsProven: ReadonlySet<string> = Object.assign(new Set<string>(), { has: () => true });

/** By the technology alone: a preview is counted with every letter, and asks no platform. */
function abilitiesOf({ place }: LoadedWorld): MaskAbilities {
  const can = maskCapabilities[place.technology];
  return {
    maskTypes: new Set(can?.maskTypes),
    rowKinds: new Set(can?.rowKinds),
    provenCustom: takenAsProven,
  };
}

/** A world as it was read, with the changes that are made to it in memory. */
export type WorldSide = { readonly loaded: LoadedWorld; readonly world: SimulatedWorld };

export type JudgedSource = MaskSource & { readonly verdict: SourceVerdict };

/** What data policies make of each source of a connection, by the function that decides what is enforced. */
export function judgeSide({ loaded, world }: WorldSide): readonly JudgedSource[] {
  const policies = world.policies.filter(isData);
  const judge = sourceJudge(policies, abilitiesOf(loaded));
  const facts = new Map(world.sources.map((one) => [one.dataSourceId, one]));
  return (loaded.masks?.sources ?? []).map(({ source: stored, platformId }) => {
    const known = facts.get(stored.facts.dataSourceId);
    const source = known === undefined ? stored : governedAs(stored, known);
    return { source, platformId, verdict: judge(source) };
  });
}

export type MaskSides = {
  readonly comparisons: readonly MaskComparison[];
  readonly judged: { readonly before: readonly JudgedSource[]; readonly after: readonly JudgedSource[] };
  readonly before: Shields | null;
  readonly after: Shields | null;
};

/** What stands between readers and sources. */
export type Shields = {
  /** Sources that policies act on: they are read through a view, or by nobody. */
  readonly shielded: ReadonlySet<number>;
  /** Those of them that nobody can be granted. */
  readonly closed: ReadonlySet<number>;
};

/** Whether a view that was not written yet will stand is taken from how those stand that are there. */
function shieldsOf({ loaded }: WorldSide, verdicts: readonly SourceVerdict[]): Shields | null {
  if (loaded.masks === null) return null;
  const { closed } = loaded.masks;
  const shielded = verdicts.filter(isProtected);
  const isClosed = ({ dataSourceId, notEnforceable }: SourceVerdict): boolean =>
    notEnforceable.length > 0 || closed.all || closed.ids.has(dataSourceId);
  return {
    shielded: new Set(shielded.map((one) => one.dataSourceId)),
    closed: new Set(shielded.filter(isClosed).map((one) => one.dataSourceId)),
  };
}

/** What readers of each source would see otherwise; of a source that is new nobody has seen anything yet. */
export function compareMaskSides(before: WorldSide, after: WorldSide): MaskSides {
  const judged = { before: judgeSide(before), after: judgeSide(after) };
  const [was, is] = [judged.before.map(({ verdict }) => verdict), judged.after.map(({ verdict }) => verdict)];
  const old = new Map(was.map((one) => [one.dataSourceId, one]));
  return {
    judged,
    comparisons: is.flatMap((verdict) => {
      const known = old.get(verdict.dataSourceId);
      return known === undefined ? [] : [compareMasks(known, verdict)];
    }),
    before: shieldsOf(before, was),
    after: shieldsOf(after, is),
  };
}
