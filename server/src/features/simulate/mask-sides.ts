import type { StoredDataPolicy, StoredPolicy } from '@stoa/contract/policy';
import { sourceJudge } from '@stoa/core/masking/judge-source';
import type { MaskAbilities, SourceVerdict } from '@stoa/core/masking/model';
import { compareMasks, governedAs, type MaskComparison } from '@stoa/core/simulate/compare-masks';
import type { SimulatedWorld } from '@stoa/core/simulate/world';
import type { Deps } from '../../deps.ts';
import { maskCapabilities } from '../../provisioning/connectors.ts';
import { loadMaskSources, type MaskSource, readMaskPlace } from '../../provisioning/load-mask-facts.ts';
import type { ConnectionPlace, LoadedWorld } from './load-world.ts';

const isData = (policy: StoredPolicy): policy is StoredDataPolicy => policy.type === 'data';

/** Whether SQL of somebody's own fits a column the platform is asked when the policy is enforced, not with every preview. */
const takenAsProven: ReadonlySet<string> = Object.assign(new Set<string>(), { has: () => true });

/** By the technology alone: a preview is counted with every letter, and asks no platform. */
async function abilitiesOf(deps: Deps, { id, technology }: ConnectionPlace): Promise<MaskAbilities> {
  const { exposure } = await readMaskPlace(deps.db, id);
  const can = exposure === 'base' ? undefined : maskCapabilities[technology];
  return {
    maskTypes: new Set(can?.maskTypes),
    rowKinds: new Set(can?.rowKinds),
    provenCustom: takenAsProven,
  };
}

export type MaskSides = {
  readonly comparisons: readonly MaskComparison[];
  /** Sources that nobody could be granted, before and after. */
  readonly closed: { readonly before: ReadonlySet<number>; readonly after: ReadonlySet<number> };
};

const none: MaskSides = { comparisons: [], closed: { before: new Set(), after: new Set() } };

/** What data policies make of each source of a connection, before and after, by the function that decides what is enforced. */
export async function compareMaskSides(deps: Deps, loaded: LoadedWorld, after: SimulatedWorld): Promise<MaskSides> {
  const [old, next] = [loaded.world.policies.filter(isData), after.policies.filter(isData)];
  if (old.length + next.length === 0) return none;
  const abilities = await abilitiesOf(deps, loaded.place);
  const sources = await loadMaskSources(deps.db, loaded.place.id);
  const [was, is] = [judged(sources, loaded.world, old), judged(sources, after, next)];
  function judged(list: readonly MaskSource[], world: SimulatedWorld, policies: readonly StoredDataPolicy[]) {
    const judge = sourceJudge(policies, abilities);
    const facts = new Map(world.sources.map((one) => [one.dataSourceId, one]));
    return list.map(({ source }) => {
      const known = facts.get(source.facts.dataSourceId);
      return judge(known === undefined ? source : governedAs(source, known));
    });
  }
  const closed = (verdicts: readonly SourceVerdict[]) =>
    new Set(verdicts.filter((one) => one.notEnforceable.length > 0).map((one) => one.dataSourceId));
  return {
    comparisons: is.flatMap((verdict, n) => {
      const before = was[n];
      return before === undefined ? [] : [compareMasks(before, verdict)];
    }),
    closed: { before: closed(was), after: closed(is) },
  };
}
