import { ConnectorError, type MaskStatement, type PlatformSession } from '@stoa/connectors/connector';
import type { ReconcilePlan } from '@stoa/contract/reconcile-plan';
import { compileAccess } from '@stoa/core/access/compile';
import { diff, isTaking } from '@stoa/core/provisioning/diff';
import { type ObservedState, observeScope } from '@stoa/core/provisioning/observed';
import type { Blocked } from '@stoa/core/provisioning/plan';
import { withholdGiving } from '@stoa/core/provisioning/withhold';
import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import type { Deps } from '../deps.ts';
import { findConnection } from '../features/connection/find-connection.ts';
import { notFound, Refusal } from '../http/refusal.ts';
import { failureWords } from './failure-words.ts';
import { loadPushableFacts } from './load-pushable-facts.ts';
import { planMasks } from './reconcile-masks.ts';

type Listed = Pick<ReconcilePlan, 'statements' | 'blocked'>;
type Asked = { readonly connectionId: string; readonly holdsGrants: boolean };

const mostStatements = 1_000;
const mostCharacters = 1_000_000;
const mostBlocked = 100;

/**
 * Steps 7 to 10 of the road for a whole connection, and the statements of 11, by the code that runs them; the platform is only
 * read. What access builds on of masks is what the last run recorded: what is given on a view that is still to be written is not
 * among the statements.
 */
export async function previewReconcile(deps: Deps, connectionKey: string): Promise<ReconcilePlan> {
  const row = await findConnection(deps.db, connectionKey);
  if (!row) throw notFound('connection');
  if (row.state === 'deleting') throw new Refusal('connection.deleting');
  const asked = { connectionId: row.id, holdsGrants: row.state === 'error' };
  try {
    const session = await deps.platforms.session(row.id);
    const observedAt = new Date().toISOString();
    const masks = await listMasks(deps, session, asked);
    const access = await listAccess(deps, session, asked);
    const statements = [...masks.statements, ...access.statements];
    const blocked = [...masks.blocked, ...access.blocked].toSorted((a, b) => a.object.localeCompare(b.object));
    const waits = row.state === 'error' ? 'checks_failed' : row.state === 'active' ? undefined : row.state;
    return {
      connectionKey,
      technology: row.technology,
      observedAt,
      statements: firstOf(statements),
      statementCount: statements.length,
      blocked: blocked.slice(0, mostBlocked),
      blockedCount: blocked.length,
      ...(waits === undefined ? {} : { waits }),
    };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    throw new Refusal('connection.unreachable', { detail: `${failureWords(error.failure)} Nothing was changed.` });
  }
}

/** A statement stands in the list whole or not at all. */
function firstOf(statements: Listed['statements']): Listed['statements'] {
  let characters = 0;
  const end = statements.findIndex(({ sql: text }) => (characters += text.length) > mostCharacters);
  return statements.slice(0, Math.min(mostStatements, end === -1 ? statements.length : end));
}

type Effect = Listed['statements'][number]['effect'];

const maskEffects: Readonly<Record<MaskStatement['step']['kind'], Effect>> = {
  'end-entitlements': 'takes',
  'write-view': 'masks',
  'drop-view': 'masks',
  'add-entitlements': 'gives',
};

async function listMasks(deps: Deps, session: PlatformSession, asked: Asked): Promise<Listed> {
  const planned = await planMasks(deps, session, asked);
  if (planned === null) return { statements: [], blocked: [] };
  const { plan, before } = planned;
  const listed = session
    .maskStatements(plan, before)
    .map((one) => ({ sql: one.sql, effect: maskEffects[one.step.kind] }));
  const closed = [...plan.closed];
  const names = await namesOfSources(
    deps.db,
    closed.map(([id]) => id),
  );
  return {
    statements: listed,
    blocked: closed.map(([id, reason]) => ({ object: names.get(id) ?? String(id), reason })),
  };
}

async function listAccess(deps: Deps, session: PlatformSession, asked: Asked): Promise<Listed> {
  const { connectionId, holdsGrants } = asked;
  const { facts } = await loadPushableFacts(deps, {
    connectionId,
    installationId: deps.installationId,
    scope: { kind: 'all' },
  });
  const desired = compileAccess(facts);
  const observed = await session.observe(observeScope(desired));
  const whole = diff(desired, observed);
  const plan = holdsGrants ? withholdGiving(whole, { desired, observed }) : whole;
  const nameOf = namer(observed, new Map(desired.containers.map(({ targetId, name }) => [targetId, name])));
  return {
    statements: session
      .statements(plan, observed)
      .map((one) => ({ sql: one.sql, effect: isTaking(one.step) ? 'takes' : 'gives' })),
    blocked: [
      ...plan.blocked.map((one) => ({ object: nameOf(one), reason: one.reason })),
      ...desired.awaiting.map((one) => ({ object: one.externalName ?? '', reason: one.reason })),
    ],
  };
}

/** What is in the way, by the name that the platform has for it; of a container, the role that it would be. */
function namer(observed: ObservedState, roles: ReadonlyMap<string, string>) {
  const objects = new Map(observed.objects.map((one) => [one.platformId, one.objectPath.join('.')]));
  const principals = new Map(observed.principals.map((one) => [one.platformId, one.name]));
  return ({ targetId, objectId, principalId }: Blocked): string => {
    if (objectId !== undefined) return objects.get(objectId) ?? objectId;
    if (principalId !== undefined) return principals.get(principalId) ?? principalId;
    return roles.get(targetId) ?? targetId;
  };
}

async function namesOfSources(db: Reader, ids: readonly number[]): Promise<Map<number, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: number; path: string[] }>`
    select s.id, o.object_path as path from data_source s join data_object o on o.id = s.data_object_id
    where s.id = any(${[...ids]}::int[])`.execute(db);
  return new Map(rows.map(({ id, path }) => [id, path.join('.')]));
}
