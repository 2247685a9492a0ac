import { diffEntitlements, type Entitlement, entitlementKey, lastsLonger } from './entitlements.ts';
import type { ObservedBase, ObservedMasks, ObservedView } from './observed.ts';
import type { ProtectedView } from './view.ts';

/** A source that is to be read through a view. */
export type DesiredView = {
  readonly view: ProtectedView;
  readonly platformId: string;
  /** What was proven to stand there before; null where nothing was. */
  readonly known: KnownView | null;
};

/** What the last run left behind, as the platform read it back. */
export type KnownView = {
  readonly platformId: string;
  /** Tells one description, one table and one way of writing from every other. */
  readonly fingerprint: string;
  readonly bodyHash: string;
};

export type DesiredMasks = {
  readonly views: readonly DesiredView[];
  /** Null leaves the entitlements as they are. Within the readers of the scope, these and no others. */
  readonly entitlements: readonly Entitlement[] | null;
  /** Views of ours for other sources are dropped: every source is known. */
  readonly isWhole: boolean;
};

type Causes = { readonly causes: readonly string[] };

/** What changes on a platform about masks. `base` and `view` are as they were observed. */
export type MaskStep =
  | ({ readonly kind: 'end-entitlements'; readonly rows: readonly Entitlement[] } & Causes)
  | ({ readonly kind: 'drop-view'; readonly view: ObservedView } & Causes)
  | ({
      readonly kind: 'write-view';
      readonly view: ProtectedView;
      readonly base: ObservedBase;
      /** The view that is there; it is replaced in place where the platform can, so that grants on it stay. */
      readonly there: ObservedView | null;
      readonly fingerprint: string;
      readonly why: 'new' | 'changed' | 'tampered';
    } & Causes)
  | ({ readonly kind: 'add-entitlements'; readonly rows: readonly Entitlement[] } & Causes);

/** Why a source that needs a view has none that holds. */
export type MaskProblem =
  | 'protection.not_set_up'
  | 'protection.table_missing'
  | 'protection.table_changed'
  | 'protection.name_taken';

export type MaskPlan = {
  readonly steps: readonly MaskStep[];
  /** Sources that must not be read by anybody until this is mended. */
  readonly closed: ReadonlyMap<number, MaskProblem>;
  /** Sources whose view is as it should be, with it; also those whose table changed in a way that the view stands. */
  readonly standing: ReadonlyMap<number, { readonly view: ObservedView; readonly isStale: boolean }>;
  /** Sources whose view others have changed. */
  readonly tampered: readonly ObservedView[];
};

/** Changes with the way views are written, so that all of them are written anew. */
const writing = 2;

/** Columns that the view does not show do not matter to it. */
export function viewFingerprint(view: ProtectedView, base: ObservedBase): string {
  const used = new Set([...view.columns.map((column) => column.ordinal), ...Object.values(view.tagged)]);
  const columns = base.columns.filter((column) => used.has(column.ordinal));
  return JSON.stringify([writing, view, base.objectPath, base.viewPath, base.style, base.platformId, columns]);
}

/**
 * The difference between the masks that should stand and those that do. Ends come first, then views, then new entitlements; a
 * view that cannot be written leaves its source closed. The second plan after an apply is empty.
 */
export function diffMasks(desired: DesiredMasks, observed: ObservedMasks): MaskPlan {
  const draft: Draft = { steps: [], closed: new Map(), standing: new Map(), tampered: [] };
  const bases = new Map(observed.bases.map((base) => [base.dataSourceId, base]));
  const views = new Map(observed.views.map((view) => [view.dataSourceId, view]));
  const wanted = new Set(desired.views.map(({ view }) => view.dataSourceId));
  const entitlements =
    desired.entitlements === null || !observed.layer.isReady
      ? { end: [], add: [] }
      : diffEntitlements(
          desired.entitlements.filter((row) => observed.principals.has(row.principalId)),
          observed.entitlements,
        );
  if (entitlements.end.length > 0) draft.steps.push({ kind: 'end-entitlements', rows: entitlements.end, causes: [] });
  for (const view of observed.views) {
    if (!desired.isWhole || wanted.has(view.dataSourceId)) continue;
    draft.steps.push({ kind: 'drop-view', view, causes: [String(view.dataSourceId)] });
  }
  for (const one of desired.views) {
    const { dataSourceId } = one.view;
    planView(
      one,
      { base: bases.get(dataSourceId), there: views.get(dataSourceId) ?? null, isReady: observed.layer.isReady },
      draft,
    );
  }
  if (entitlements.add.length > 0) draft.steps.push({ kind: 'add-entitlements', rows: entitlements.add, causes: [] });
  return draft;
}

/**
 * The plan without new exemptions and later ends of them, for a connection whose checks fail. Views are written all the same, since
 * the one that stands may show what is masked by now: those wanted are no looser than it (`tightestView`). So are facts about people:
 * a row rule may keep rows back by one.
 */
export function withholdExemptions(plan: MaskPlan, observed: ObservedMasks): MaskPlan {
  const there = new Map(observed.entitlements.map((row) => [entitlementKey(row), row]));
  const isSoonerEnd = (row: Entitlement): boolean => {
    const known = there.get(entitlementKey(row));
    return known !== undefined && lastsLonger(known, row);
  };
  const steps = plan.steps.flatMap((step): MaskStep[] => {
    if (step.kind !== 'add-entitlements') return [step];
    const rows = step.rows.filter((row) => row.kind !== 'exempt' || isSoonerEnd(row));
    return rows.length === 0 ? [] : [{ ...step, rows }];
  });
  return { ...plan, steps };
}

type Draft = {
  readonly steps: MaskStep[];
  readonly closed: Map<number, MaskProblem>;
  readonly standing: Map<number, { readonly view: ObservedView; readonly isStale: boolean }>;
  readonly tampered: ObservedView[];
};
type Seen = {
  readonly base: ObservedBase | undefined;
  readonly there: ObservedView | null;
  readonly isReady: boolean;
};

function planView({ view, platformId, known }: DesiredView, { base, there, isReady }: Seen, draft: Draft): void {
  const { dataSourceId } = view;
  const isAsKnown = there !== null && known?.platformId === there.platformId && known.bodyHash === there.bodyHash;
  if (!isReady) draft.closed.set(dataSourceId, 'protection.not_set_up');
  else if (base === undefined || base.platformId !== platformId)
    draft.closed.set(dataSourceId, 'protection.table_missing');
  else if (base.viewPlaceTakenBy !== null) draft.closed.set(dataSourceId, 'protection.name_taken');
  else if (!isTableAsDescribed(view, base)) {
    // The view that is there still masks what it masked, and shows nothing new: it stands until a crawl has looked.
    if (isAsKnown) draft.standing.set(dataSourceId, { view: there, isStale: true });
    else draft.closed.set(dataSourceId, 'protection.table_changed');
  } else {
    const fingerprint = viewFingerprint(view, base);
    if (isAsKnown && known?.fingerprint === fingerprint) {
      draft.standing.set(dataSourceId, { view: there, isStale: false });
      return;
    }
    const isTampered = known !== null && known.fingerprint === fingerprint && there !== null && !isAsKnown;
    if (isTampered) draft.tampered.push(there);
    const why = isTampered ? 'tampered' : there === null ? 'new' : 'changed';
    draft.steps.push({ kind: 'write-view', view, base, there, fingerprint, why, causes: [String(dataSourceId)] });
  }
}

/** Every column that was described is there under its number, name and type. Others may have come: they are not shown. */
function isTableAsDescribed(view: ProtectedView, base: ObservedBase): boolean {
  const there = new Map(base.columns.map((column) => [column.ordinal, column]));
  return view.columns.every(({ ordinal, name, nativeType }) => {
    const column = there.get(ordinal);
    return column?.name === name && column.nativeType === nativeType;
  });
}
