import type { ObservedMasks } from '@stoa/core/masking/observed';
import { diffMasks, type MaskPlan } from '@stoa/core/masking/plan';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import type { Deps } from '../deps.ts';
import { columnsOfRequest } from '../features/masking-exception/exception-columns.ts';
import { type ExceptionFact, loadReaders, type ReaderWorld } from './load-readers.ts';
import { entitlementsOf } from './reconcile-masks.ts';

type Asked = { readonly requestId: string; readonly beneficiary: string };

/** Sources of the columns that a masking exception asks for. */
export const sourcesOfException = (requestId: string): RawBuilder<unknown> => sql`
  select asked_source.id from access_request r cross join ${columnsOfRequest}
    join data_source asked_source on asked_source.id::text = k."sourceId" where r.id = ${requestId}`;

/** Facts of the beneficiary's sight on a connection with this one exception approved, for ever. */
const loadAsIfApproved = (db: Reader, connectionId: string, { requestId, beneficiary }: Asked): Promise<ReaderWorld> =>
  loadReaders(db, connectionId, [beneficiary], requestId);

const exceptionOf = (world: ReaderWorld, { requestId }: Asked): ExceptionFact | undefined =>
  world.exceptions.find((exception) => exception.requestId === requestId);

/**
 * What the statements of an approved masking exception depend on, in one order: the beneficiary's login, the keys of the columns,
 * and the other exceptions that lift the same masks.
 */
export async function exceptionFacts(db: Reader, requestId: string): Promise<unknown> {
  const { rows: places } = await sql<{ id: string; beneficiary: string }>`
    select k.connection_id as id, r.beneficiary from access_request r join container k on k.target_id = r.target_id
    where r.id = ${requestId} and k.connection_id in (
      select s.connection_id from data_source s where s.id in (${sourcesOfException(requestId)})) order by 1`.execute(
    db,
  );
  const facts: unknown[] = [];
  for (const { id, beneficiary } of places) {
    const asked = { requestId, beneficiary };
    const world = await loadAsIfApproved(db, id, asked);
    const own = exceptionOf(world, asked);
    const keys = new Set(own?.columnKeys);
    const others = world.exceptions
      .filter((one) => one !== own && one.holds)
      .map((one) => [
        one.requestId,
        one.columnKeys.filter((key) => keys.has(key)).toSorted((a, b) => a - b),
        one.notAfter,
      ])
      .toSorted(([a], [b]) => String(a).localeCompare(String(b)));
    const [reader] = world.readers;
    facts.push([
      id,
      reader?.principalId ?? null,
      reader?.externalName ?? null,
      [...keys].toSorted((a, b) => a - b),
      own?.unmasked ?? 0,
      others,
    ]);
  }
  return facts;
}

/** What would run on one connection. */
export type Planned = {
  statements: string[];
  /** The principals that the statements touch. */
  names: string[];
  blocked: { object: string; reason: string }[];
  now: number;
};

/** The statements that a run about this reader would come to, were the exception approved now. */
export async function planException(
  deps: Deps,
  connection: { readonly id: string; readonly connection_key: string },
  asked: Asked,
): Promise<Planned> {
  const session = await deps.platforms.session(connection.id);
  const world = await loadAsIfApproved(deps.db, connection.id, asked);
  const observed = await session.observeMasks({ sources: [], bases: [], readers: world.principals });
  const plan = diffMasks({ views: [], entitlements: entitlementsOf(world), isWhole: false }, observed);
  const reasons = reasonsAgainst(exceptionOf(world, asked), world, observed);
  return {
    statements: session.maskStatements(plan, observed).map((statement) => statement.sql),
    names: [...new Set(principalsIn(plan).flatMap((id) => observed.principals.get(id) ?? []))],
    blocked: reasons.map((reason) => ({ object: world.readers[0]?.externalName ?? connection.connection_key, reason })),
    now: world.now,
  };
}

const principalsIn = (plan: MaskPlan): string[] =>
  plan.steps.flatMap((step) => ('rows' in step ? step.rows.map((row) => row.principalId) : []));

/** Why the exception would lift nothing here, or not all that it asks for; codes that `exemptionState` tells of it afterwards. */
function reasonsAgainst(
  own: ExceptionFact | undefined,
  { readers }: ReaderWorld,
  { layer, principals }: ObservedMasks,
): string[] {
  const [reader] = readers;
  if (own === undefined || own.columnKeys.length === 0) return ['exception.no_mask'];
  if (!layer.isReady) return ['protection.not_set_up'];
  if (reader === undefined) return ['identity.none'];
  if (!principals.has(reader.principalId)) return ['identity.absent'];
  return own.unmasked > 0 ? ['exception.partly_unmasked'] : [];
}
