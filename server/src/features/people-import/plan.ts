import type { ImportedRow } from '@stoa/contract/people-import';
import type { AuditEntry } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import type { Call } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';

/** Who imports, by which call, and whether it is only tried: then nothing is locked. */
export type ImportBy = { readonly actor: LoadedPerson; readonly call: Call; readonly isDryRun: boolean };

/** What the rows come to, and how it is written. `apply` is called only when no row is refused. */
export type ImportPlan = {
  readonly rows: readonly ImportedRow[];
  /** People who are others afterwards. */
  readonly peopleCount: number;
  apply(tx: Tx, after: AfterCommit): Promise<readonly AuditEntry[]>;
};

/** Rows whose outcome is one of these, with what was loaded for them. */
export const rowsThat = <Row>(
  outcomes: readonly ImportedRow['outcome'][],
  rows: readonly Row[],
  judged: readonly ImportedRow[],
): Row[] => rows.filter((_, at) => outcomes.includes(judged[at]?.outcome ?? 'refused'));

export const entryFor = (
  { actor, call }: Pick<ImportBy, 'actor' | 'call'>,
  target: { type: 'USER' | 'GROUP'; id: string; name: string },
): Omit<AuditEntry, 'action' | 'payload'> => ({
  actor: userActor(actor),
  actorIp: call.ip,
  targetType: target.type,
  targets: [{ id: target.id, name: target.name }],
  requestId: call.id,
});
