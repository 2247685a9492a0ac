import { Readable } from 'node:stream';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import type { Reader } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import type { Call } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { type AuditFilter, conditionsOf, nextStretch, presentAuditEvent, readRows } from './search-audit.ts';

const rowsAtOnce = 500;

type Range = { first: number; last: number };
type Export = { readonly name: string; readonly file: Readable };
type Input = { actor: LoadedPerson; call: Pick<Call, 'id' | 'ip'>; filter: AuditFilter };

/**
 * The events of a filter, oldest first, as NDJSON. That they leave is on record before the first of them does; what happens
 * meanwhile is not among them.
 */
export async function exportAudit(deps: Deps, { actor, call, filter }: Input): Promise<Export> {
  const { scope, ...asked } = filter;
  const range = await transact(deps, async (tx) => {
    const found = await rangeOf(tx, filter);
    await appendAudit(tx, {
      action: 'AuditExported',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'AUDIT',
      targets: [{ id: 'audit', name: 'Audit trail' }],
      payload: { filter: asked, scope: scope === 'all' ? 'all' : 'part', sequences: found },
      requestId: call.id,
    });
    return found;
  });
  const { from: _, to: __, ...others } = asked;
  // The numbers say which time it covers; whether all of that time is in it, they do not.
  const isPart = scope !== 'all' || Object.values(others).some((value) => value !== undefined);
  const name = `stoa-audit-${range.first}-${range.last}${isPart ? '-filtered' : ''}.ndjson`;
  return { name, file: Readable.from(lines(deps, filter, range), { objectMode: false }) };
}

/** Which numbers the file covers: from the beginning of the time asked for to the last event of now. */
async function rangeOf(db: Reader, { from, to }: AuditFilter): Promise<Range> {
  const since = from === undefined ? sql`true` : sql`event_timestamp >= ${from}::timestamptz`;
  const until = to === undefined ? sql`true` : sql`event_timestamp < ${to}::timestamptz`;
  const { rows } = await sql<{ first: number | null; last: number | null }>`
    select min(sequence) as first, max(sequence) as last from audit_event where ${since} and ${until}`.execute(db);
  return { first: rows[0]?.first ?? 0, last: rows[0]?.last ?? 0 };
}

async function* lines(deps: Deps, filter: AuditFilter, range: Range): AsyncGenerator<string> {
  const conditions = await conditionsOf(deps.db, filter);
  for (let from = range.first; from <= range.last && range.last > 0; ) {
    const next = await nextStretch(deps.db, filter, { from, below: range.last + 1, isOldestFirst: true });
    const { below } = next;
    const rows = await readRows(deps.db, conditions, { ...next, limit: rowsAtOnce, isOldestFirst: true });
    if (rows.length > 0)
      yield rows
        .map((row) => `${JSON.stringify({ sequence: row.sequence, ...presentAuditEvent(row, deps.installationId) })}\n`)
        .join('');
    from = rows.length < rowsAtOnce ? below : (rows.at(-1)?.sequence ?? below) + 1;
  }
}
