import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { findAssets, findDataProducts } from './list-uses.ts';
import { type By, formEntry, lockForm } from './lock-form.ts';

/** Deletes a form that nothing asks by. Its versions stay, for the requests that were made under them. */
export async function deleteRequestForm(deps: Deps, by: By, id: string): Promise<void> {
  await transact(deps, async (tx, after) => {
    const { form, uses, object } = await lockForm(tx, id);
    requireMay(by.actor, 'request-form.delete', object);
    if (uses.dataProducts + uses.assets > 0) {
      const dataProducts = await findDataProducts(tx, by.actor, id);
      const assets = await findAssets(tx, id);
      const names = [...dataProducts, ...assets].slice(0, 10).map((one) => `"${one.name}"`);
      throw new Refusal('request_form.in_use', {
        detail: `"${form.name}" is used by ${names.join(', ')}${dataProducts.length + assets.length > 10 ? ' and others' : ''}. It was not deleted.`,
        extra: { dataProducts, assets },
      });
    }
    await sql`update request_form set deleted_at = now(), updated_by = ${by.actor.globalUserId}, updated_at = now() where id = ${id}`.execute(
      tx,
    );
    await appendAudit(tx, { ...formEntry(by, { id, name: form.name, uses }), action: 'RequestFormDeleted' });
    after.changed('request-form', id);
  });
}
