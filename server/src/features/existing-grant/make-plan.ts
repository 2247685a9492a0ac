import { ConnectorError } from '@stoa/connectors/connector';
import type { TakeBackMode } from '@stoa/contract/existing-grant';
import { grantKey } from '@stoa/core/provisioning/existing-grants';
import { sql } from 'kysely';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { failureWords } from '../../provisioning/failure-words.ts';
import { type PlannedTakeBack, planTakeBackOf, type TakeBackAsk } from '../../provisioning/take-back-plan.ts';
import { findConnection } from '../connection/find-connection.ts';
import type { ConnectionRow } from '../connection/queries.ts';

export type Question = {
  readonly mode: TakeBackMode;
  readonly path: readonly string[];
  readonly findingIds?: readonly string[] | undefined;
};
export type MadePlan = {
  readonly connection: ConnectionRow;
  readonly ask: TakeBackAsk;
  readonly plan: PlannedTakeBack;
};

/** The plan by what stands on the platform at this moment. */
export async function makePlan(deps: Deps, connectionKey: string, question: Question): Promise<MadePlan> {
  const connection = await findConnection(deps.db, connectionKey);
  if (!connection) throw notFound('connection');
  requireRunning(connection);
  const { mode, path, findingIds } = question;
  const named = findingIds === undefined ? null : await namesOf(deps, connection.id, findingIds);
  const ask = { mode, path, named };
  return { connection, ask, plan: await planAgain(deps, connection.id, ask) };
}

export function requireRunning({ state }: Pick<ConnectionRow, 'state'>): void {
  if (state === 'paused') throw new Refusal('connection.paused');
  if (state === 'deleting') throw new Refusal('connection.deleting');
}

export async function planAgain(deps: Deps, connectionId: string, ask: TakeBackAsk): Promise<PlannedTakeBack> {
  return reaching(() => planTakeBackOf(deps, connectionId, ask));
}

/** A platform that cannot be asked is told as that. */
export async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    throw new Refusal('connection.unreachable', { detail: `${failureWords(error.failure)} Nothing was taken back.` });
  }
}

async function namesOf(deps: Deps, connectionId: string, findingIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ object_id: string | null; principal_id: string | null; privilege: string }>`
    select detail ->> 'objectId' as object_id, detail ->> 'principalId' as principal_id, privilege from drift_finding
    where id = any(${[...findingIds]}::uuid[]) and connection_id = ${connectionId} and finding = 'bypass' and closed_at is null`.execute(
    deps.db,
  );
  if (rows.length < new Set(findingIds).size) throw new Refusal('take_back.finding_unknown');
  return rows.map((row) => grantKey(row.object_id ?? '', row.principal_id ?? '', row.privilege));
}
