import type { MaskProof, MaskResult, PlatformSession } from '@stoa/connectors/connector';
import { desiredEntitlements } from '@stoa/core/masking/entitlements';
import type { ObservedMasks } from '@stoa/core/masking/observed';
import {
  type DesiredMasks,
  diffMasks,
  type KnownView,
  type MaskPlan,
  viewFingerprint,
  withholdExemptions,
} from '@stoa/core/masking/plan';
import { columnExemption } from '@stoa/core/masking/view';
import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import { nativeStatements } from '../http/metrics.ts';
import { failPoint, isFailPointSet } from '../work/fail-point.ts';
import type { HeldWork } from './claim-work.ts';
import { type CompiledMasks, compileMasks, digestOf, withKnown } from './compile-masks.ts';
import { readMaskPlace } from './load-mask-facts.ts';
import { exemptionsOf, loadReaders, type ReaderWorld } from './load-readers.ts';
import { wantedViews } from './held-views.ts';
import { holdsReaderFence } from './mask-fence.ts';
import { maskSalt } from './mask-salt.ts';
import { recordReaders, recordReaderNeeds } from './record-readers.ts';
import { recordSalt } from './statement-audit.ts';
import { recordStatements } from './statement-intent.ts';
import { recordProtection } from './record-protection.ts';

export type MaskWork = Pick<
  HeldWork,
  'connectionId' | 'replicaId' | 'runId' | 'fence' | 'keys' | 'lastKey' | 'holdsGrants'
> & {
  connectionKey: string;
};
export type TimedMaskResult = MaskResult & { readonly milliseconds: number };

/** One look at the masks of a connection; recorded as a whole. */
export type MaskRun = MaskWork & {
  readonly world: ReaderWorld;
  readonly plan: MaskPlan;
  readonly results: readonly TimedMaskResult[];
  readonly proofs: readonly MaskProof[];
};

/**
 * Everything about masks on a connection: what policies make of each source is compiled, views are written and read back, and
 * what they look up about everybody is brought up to date. It comes before access is given, which builds on what it records. A
 * connection on which no data policy ever acted costs one query. `failed`: something could not be written, or crawled, and is to be
 * tried again.
 */
export async function reconcileMasks(
  deps: Deps,
  session: PlatformSession,
  work: MaskWork,
): Promise<'done' | 'failed' | 'fenced'> {
  const planned = await planMasks(deps, session, work);
  if (planned === null) return 'done';
  const { compiled, wanted, world, known, scope, before, plan } = planned;
  const { views, held } = wanted;
  await recordReaderNeeds(deps.db, work.connectionId, wanted);
  if (hashes(compiled) && before.layer.isReady && (await session.setSalt(await maskSalt(deps))))
    await recordSalt(deps, { id: work.connectionId, name: work.connectionKey });
  failPoint('masks.planned');
  const results = await applyPlan(deps, session, { work, plan, before });
  if (results === 'fenced') return 'fenced';
  const after = results.length > 0 ? await session.observeMasks(scope) : before;
  failPoint('masks.beforeRecord');
  const undescribed = new Map(
    views.flatMap(({ view }) =>
      known.get(view.dataSourceId)?.isDescribed === true ? [] : [[view.dataSourceId, view] as const],
    ),
  );
  const recorded = await recordProtection(deps, work, { compiled, held, undescribed, plan, results, after });
  if (recorded === 'fenced') {
    await recordStatements(deps, work, results);
    return 'fenced';
  }
  // Which columns have keys is known by now: exceptions that were waiting for a mask are looked at with what was just recorded.
  const again = results.length > 0 ? await loadReaders(deps.db, work.connectionId, 'all') : world;
  const proofs = before.layer.isReady ? await probeExceptions(session, again) : [];
  const run = { ...work, world: again, plan, results, proofs };
  if ((await recordReaders(deps, run, { scope: 'all', endsKeys: false })) === 'fenced') return 'fenced';
  return recorded === 'behind' || results.some(({ status }) => status === 'failed') ? 'failed' : 'done';
}

/**
 * What should stand of the masks of a connection and what does, with the plan between them; null where no data policy ever acted.
 * Nothing is written but the numbers of new keys.
 */
export async function planMasks(
  deps: Deps,
  session: PlatformSession,
  work: Pick<MaskWork, 'connectionId' | 'holdsGrants'>,
) {
  const place = await readMaskPlace(deps.db, work.connectionId);
  if (!place.isConcerned) return null;
  // Where grants wait, a view may stay though no policy asks for one any more.
  const hasViews = place.hasViews || work.holdsGrants;
  const compiled = await compileMasks(deps, session, {
    connectionId: work.connectionId,
    place: { ...place, hasViews },
  });
  const wanted = await wantedViews(deps.db, compiled, work);
  const { views, needed, formulas } = wanted;
  const world = { ...(await loadReaders(deps.db, work.connectionId, 'all')), needed, formulas };
  const known = await readKnown(deps, work.connectionId);
  const scope = {
    sources: 'all' as const,
    bases: views.map(({ view, platformId }) => ({ dataSourceId: view.dataSourceId, platformId })),
    readers: 'all' as const,
  };
  const before = await session.observeMasks(scope);
  const desired = {
    views: views.map((view) => withKnown(view, knownAs(known.get(view.view.dataSourceId), view.view, before))),
    entitlements: entitlementsOf(world),
    isWhole: true,
  };
  return { compiled, wanted, world, known, scope, before, plan: planOf(work, desired, before) };
}

/** What may have changed for some readers alone: an exception that was approved or has ended, a group, an attribute. No view is looked at. */
export async function reconcileReaders(
  deps: Deps,
  session: PlatformSession,
  about: { work: MaskWork; people: readonly string[]; endsKeys: boolean },
): Promise<'done' | 'fenced'> {
  const { work, people, endsKeys } = about;
  const world = await loadReaders(deps.db, work.connectionId, people);
  const before = await session.observeMasks({ sources: [], bases: [], readers: world.principals });
  const plan = planOf(work, { views: [], entitlements: entitlementsOf(world), isWhole: false }, before);
  const results = await applyPlan(deps, session, { work, plan, before, people });
  if (results === 'fenced') return 'fenced';
  const proofs = before.layer.isReady ? await probeExceptions(session, world) : [];
  return recordReaders(deps, { ...work, world, plan, results, proofs }, { scope: people, endsKeys });
}

function planOf(
  { holdsGrants }: Pick<MaskWork, 'holdsGrants'>,
  desired: DesiredMasks,
  before: ObservedMasks,
): MaskPlan {
  const plan = diffMasks(desired, before);
  return holdsGrants ? withholdExemptions(plan, before) : plan;
}

/** What a platform should know about the readers of a world. */
export const entitlementsOf = (world: ReaderWorld) =>
  desiredEntitlements({ ...world, exemptions: exemptionsOf(world) });

const hashes = ({ sources }: CompiledMasks): boolean =>
  sources.some(({ view }) =>
    view?.view.columns.some(
      ({ mask }) =>
        mask !== null &&
        [mask.masking, ...mask.branches.map((branch) => branch.value)].some(
          (value) => value !== 'clear' && value.maskingType === 'hash',
        ),
    ),
  );

type Stored = KnownView & { readonly dataSourceId: number; readonly isDescribed: boolean };

/** By data source, the view that was proven to stand there. */
export async function readKnown(deps: Pick<Deps, 'db'>, connectionId: string): Promise<Map<number, Stored>> {
  const { rows } = await sql<Stored>`
    select data_source_id as "dataSourceId", view_id as "platformId", fingerprint, body_hash as "bodyHash", description is not null as "isDescribed" from source_protection
    where connection_id = ${connectionId} and view_id is not null and fingerprint is not null and body_hash is not null`.execute(
    deps.db,
  );
  return new Map(rows.map((row) => [row.dataSourceId, row]));
}

/** What is stored is a digest of the fingerprint: where it is that of today, the view is known under today's. */
export function knownAs(
  stored: Stored | undefined,
  view: Parameters<typeof viewFingerprint>[0],
  seen: ObservedMasks,
): KnownView | null {
  if (stored === undefined) return null;
  const base = seen.bases.find((one) => one.dataSourceId === view.dataSourceId);
  const fingerprint = base === undefined ? '' : viewFingerprint(view, base);
  return { ...stored, fingerprint: digestOf(fingerprint) === stored.fingerprint ? fingerprint : '' };
}

type Application = { work: MaskWork; plan: MaskPlan; before: ObservedMasks; people?: readonly string[] };

async function applyPlan(
  deps: Deps,
  session: PlatformSession,
  about: Application,
): Promise<TimedMaskResult[] | 'fenced'> {
  const { work, plan, before, people = [] } = about;
  if (plan.steps.length === 0) return [];
  const statements = session.maskStatements(plan, before);
  const started = performance.now();
  const results = await session.applyMasks(statements, {
    holds: (batch) => holdsReaderFence(deps.db, work, { people, statements: batch }),
    ...(isFailPointSet('apply') ? { at: async (point) => failPoint(`apply.${point}`) } : {}),
  });
  const milliseconds = (performance.now() - started) / results.length;
  for (const { status } of results) nativeStatements.inc({ connection: work.connectionKey, result: status });
  const isFenced = results.some((result) => result.status === 'skipped' && result.reason === 'fenced');
  const timed = results.map((result) => ({ ...result, milliseconds }));
  if (!isFenced) return timed;
  await recordStatements(deps, work, timed);
  return 'fenced';
}

/** Each exception that is open: does its holder have each of its keys, by the platform's own answer? */
function probeExceptions(session: PlatformSession, world: ReaderWorld): Promise<readonly MaskProof[]> {
  const principals = new Map(world.readers.map((reader) => [reader.globalUserId, reader.principalId]));
  const probes = world.exceptions.flatMap(({ globalUserId, columnKeys }) => {
    const principalId = principals.get(globalUserId);
    return principalId === undefined ? [] : columnKeys.map((key) => ({ principalId, key: columnExemption(key) }));
  });
  return session.probeMasks(probes);
}

/** People whose readers' facts the keys are about. */
export const peopleOf = (keys: MaskWork['keys']): readonly string[] => [
  ...new Set(
    keys.flatMap((key) => (key.facet === 'reader' && key.global_user_id !== null ? [key.global_user_id] : [])),
  ),
];
