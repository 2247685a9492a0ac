import { appendAudit, type AuditEntry, systemActor } from '../audit/append.ts';
import type { Db } from '../db/pool.ts';
import type { Log } from '../log.ts';
import type { Unopened } from './move-secrets.ts';

/** A secret that is asked for every second is reported once in so long. */
const silentFor = 60 * 60_000;
const reportedAt = new Map<string, number>();

export const nameOf = ({ table, column, rowId }: Unopened): string => `${table}.${column} ${rowId}`;

/** The audit row of a secret that does not open: where it lies, never what it holds. */
export const rejected = (place: Unopened, more: Record<string, unknown> = {}): AuditEntry => ({
  action: 'SecretRejected',
  actionStatus: 'FAILURE',
  actor: systemActor,
  targetType: 'SECRET',
  targets: [{ id: place.rowId, name: nameOf(place) }],
  payload: { table: place.table, column: place.column, ...more },
});

const namedAtMost = 10;

/** For whoever rotated or changed keys. */
export const sentenceOf = (unopened: readonly Unopened[]): string => {
  const isOne = unopened.length === 1;
  const names = unopened.slice(0, namedAtMost).map(nameOf).join(', ');
  const more = unopened.length > namedAtMost ? ` and ${unopened.length - namedAtMost} more` : '';
  const [secrets, stay, enter] = isOne
    ? ['secret does', 'stays as it is, with its key', 'it anew where it is']
    : ['secrets do', 'stay as they are, with their keys', 'them anew where they are'];
  return (
    `${unopened.length} ${secrets} not open, having been changed or moved, and ${stay}: ${names}${more}. ` +
    `The audit names each (SecretRejected). Enter ${enter} set.`
  );
};

/** Somebody changed a stored secret, or moved it: an audit row of its own, since what needed the secret fails. */
export function reportTampering({ db, log }: { db: Db; log: Log }, place: Unopened): void {
  const name = nameOf(place);
  const now = performance.now();
  const last = reportedAt.get(name);
  if (last !== undefined && now - last < silentFor) return;
  if (reportedAt.size > 1_000) reportedAt.clear();
  reportedAt.set(name, now);
  log.error({ place: name }, 'a stored secret does not open: it was changed, or moved there');
  db.transaction()
    .execute((tx) => appendAudit(tx, rejected(place)))
    .catch((error: unknown) => {
      reportedAt.delete(name);
      log.error({ err: error }, 'a rejected secret could not be written to the audit');
    });
}
