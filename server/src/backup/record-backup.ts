import { appendAudit } from '../audit/append.ts';
import type { Db } from '../db/pool.ts';
import { installationId } from '../settings-store.ts';
import type { Taken } from './take-backup.ts';

/** Who has a backup has all that the database held: the audit says that there is one, and where it was put. */
export async function recordBackup(
  db: Db,
  { takenAt, tables, bytes }: Taken,
  more: { readonly file: string; readonly withRootKey: boolean },
): Promise<void> {
  const id = await installationId(db);
  await db.transaction().execute((tx) =>
    appendAudit(tx, {
      action: 'BackupTaken',
      actor: { type: 'SYSTEM_ACTOR', id: 'stoa', name: 'stoa backup' },
      targetType: 'INSTALLATION',
      targets: [{ id, name: 'Installation' }],
      payload: { takenAt, tables, bytes, ...more },
    }),
  );
}
