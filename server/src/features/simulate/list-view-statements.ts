import type { PlatformSession } from '@stoa/connectors/connector';
import { isProtected } from '@stoa/core/masking/model';
import { diffMasks } from '@stoa/core/masking/plan';
import { describeView, keysNeeded } from '@stoa/core/masking/view';
import { rehearse } from '../../db/rehearse.ts';
import type { Deps } from '../../deps.ts';
import { withKnown } from '../../provisioning/compile-masks.ts';
import { ensureMaskKeys } from '../../provisioning/mask-keys.ts';
import { knownAs, readKnown } from '../../provisioning/reconcile-masks.ts';
import { judgeSide, type JudgedSource } from './mask-sides.ts';
import type { ConnectionOutcome } from './weigh.ts';

export type ViewStatements = {
  readonly statements: readonly string[];
  /** Sources that nobody could read until the platform is prepared for masks. */
  readonly unprepared: number;
};

/**
 * The views that would be written and dropped, by the plan that is made when policies are enforced. Numbers of keys that do not exist
 * yet are taken and given back, so that they may be others by then.
 */
export async function listViewStatements(
  deps: Deps,
  session: PlatformSession,
  { loaded, after }: ConnectionOutcome,
): Promise<ViewStatements> {
  if (loaded.masks === null) return { statements: [], unprepared: 0 };
  const shielded = judgeSide({ loaded, world: after }).filter(
    ({ verdict }) => isProtected(verdict) && verdict.notEnforceable.length === 0,
  );
  const views = await describeViews(deps, shielded);
  const seen = await session.observeMasks({
    sources: 'all',
    bases: views.map(({ view, platformId }) => ({ dataSourceId: view.dataSourceId, platformId })),
    readers: [],
  });
  const known = await readKnown(deps, loaded.place.id);
  const desired = views.map((one) => withKnown(one, knownAs(known.get(one.view.dataSourceId), one.view, seen)));
  const plan = diffMasks({ views: desired, entitlements: null, isWhole: true }, seen);
  const unprepared = [...plan.closed.values()].filter((why) => why === 'protection.not_set_up').length;
  return { statements: session.maskStatements(plan, seen).map((statement) => statement.sql), unprepared };
}

async function describeViews(deps: Deps, shielded: readonly JudgedSource[]) {
  const needs = shielded.map(({ source, verdict }) => keysNeeded(source, verdict));
  const formulas = new Map(needs.flatMap((need) => need.formulas).map((formula) => [formula.text, formula]));
  const columns = [...new Set(needs.flatMap((need) => need.columns))];
  const book = await rehearse(deps, (tx) => ensureMaskKeys(tx, { columns, formulas: [...formulas.values()] }));
  return shielded.flatMap(({ source, verdict, platformId }) =>
    platformId === null ? [] : [{ view: describeView(source, verdict, book), platformId }],
  );
}
