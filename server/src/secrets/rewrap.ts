import { sql } from 'kysely';
import { appendAudit, type AuditActor } from '../audit/append.ts';
import type { Db } from '../db/pool.ts';
import { type KeyOwner, lockKeys, readWrappedKeys, unwrapKey, wrapKey } from './data-keys.ts';
import type { RootKey } from './root-key.ts';

type Change = { readonly to: RootKey; readonly actor: AuditActor };

/**
 * Wraps every data key with another root key, all or none, and with it the audit row. The secrets themselves stay as they are.
 * Answers how many keys.
 */
export const rewrapKeys = (db: Db, owner: KeyOwner, { to, actor }: Change): Promise<number> =>
  db.transaction().execute(async (tx) => {
    await lockKeys(tx);
    const { keys } = await readWrappedKeys(tx);
    const next = { ...owner, root: to };
    const wrapped = keys.map((row) => ({
      id: row.id,
      wrapped: wrapKey(next, { id: row.id, kind: row.kind, bytes: unwrapKey(owner, row) }),
    }));
    await sql`update data_key d set wrapped = x.wrapped, root_key_id = ${to.id}
      from json_to_recordset(${JSON.stringify(wrapped)}::json) as x (id text, wrapped text) where d.id = x.id`.execute(
      tx,
    );
    await appendAudit(tx, {
      action: 'RootKeyChanged',
      actor,
      targetType: 'DATA_KEY',
      targets: [{ id: 'data-keys', name: 'Data keys' }],
      // Which keys they are, and nothing about them.
      payload: { former: owner.root.id, rootKeyId: to.id, dataKeys: wrapped.length },
    });
    return wrapped.length;
  });
