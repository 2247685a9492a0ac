import { sql } from 'kysely';
import { appendAudit, type AuditActor } from '../audit/append.ts';
import type { Db } from '../db/pool.ts';
import type { Difference, Looked } from './look-beyond.ts';

/** What a restored database says of itself, in the same commit as its rows, until the restore is recorded. */
export type RestoreMark = {
  readonly id: string;
  readonly takenAt: string;
  readonly tables: number;
  readonly bytes: number;
  readonly installationId: string;
};
/** The name of the setting that holds it: a table that every version has. */
export const restoreMark = 'restored';

const actor: AuditActor = { type: 'SYSTEM_ACTOR', id: 'stoa', name: 'stoa restore' };

/**
 * Turns the mark of a restore into what the app shows, an audit row, and a key for every connection: the next start makes the
 * platforms what the backup says. Whoever comes first does it, the command or a start after a command that was killed.
 */
export async function recordRestore(db: Db): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ mark: RestoreMark }>`
      delete from setting where name = ${restoreMark} returning value as mark`.execute(tx);
    const mark = rows[0]?.mark;
    if (mark === undefined) return;
    await sql`insert into restore (id, backup_taken_at, tables, bytes)
      values (${mark.id}, ${mark.takenAt}, ${mark.tables}, ${mark.bytes})`.execute(tx);
    await sql`insert into restore_finding (restore_id, connection_id, connection_key, kind, detail)
      select ${mark.id}, id, connection_key, 'unseen', 'the restore ended before it was looked at'
      from connection where state <> 'draft' order by connection_key`.execute(tx);
    await sql`insert into provisioning_key (connection_id, cause) select id, 'restore' from connection`.execute(tx);
    await appendAudit(tx, {
      action: 'BackupRestored',
      actor,
      targetType: 'INSTALLATION',
      targets: [{ id: mark.installationId, name: 'Installation' }],
      payload: { restoreId: mark.id, takenAt: mark.takenAt },
    });
  });
}

/** What was seen of one connection takes the place of its `unseen`. */
export async function recordLooked(db: Db, restoreId: string, { connectionId, found }: Looked): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await sql`delete from restore_finding where restore_id = ${restoreId} and connection_id = ${connectionId}`.execute(
      tx,
    );
    await sql`insert into restore_finding (restore_id, connection_id, connection_key, kind, container, subject, principal, object, detail)
      select ${restoreId}, x.connection_id, x.connection_key, x.kind, x.container, x.subject, x.principal, x.object, x.detail
      from json_to_recordset(${JSON.stringify(found)}::json) as x (connection_id uuid, connection_key text, kind text, container text,
        subject text, principal text, object text, detail text)`.execute(tx);
  });
}

/** How much was found, once every platform was looked at. */
export async function recordCompared(
  db: Db,
  { id, installationId }: Pick<RestoreMark, 'id' | 'installationId'>,
  found: readonly Difference[],
): Promise<void> {
  const count = (kind: Difference['kind']) => found.filter((one) => one.kind === kind).length;
  await db.transaction().execute((tx) =>
    appendAudit(tx, {
      action: 'BackupCompared',
      actor,
      targetType: 'INSTALLATION',
      targets: [{ id: installationId, name: 'Installation' }],
      payload: { restoreId: id, beyond: count('beyond'), missing: count('missing'), unseen: count('unseen') },
    }),
  );
}
