import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type AgreementChange, agreementEntry, lockAgreement } from './lock-agreement.ts';

const namesShown = 10;

/** Deletes an agreement that no form asks for. Its versions stay, since requests and acceptances point at them. */
export async function deleteAgreement(deps: Deps, { actor, id, call }: Omit<AgreementChange, 'body'>): Promise<void> {
  await transact(deps, async (tx, after) => {
    const { text, use, object } = await lockAgreement(tx, id);
    requireMay(actor, 'data-use-agreement.delete', object);
    if (use.forms.length > 0) {
      const names = use.forms.slice(0, namesShown).map((form) => `"${form.name}"`);
      throw new Refusal('data_use_agreement.in_use', {
        detail: `"${text.name}" is asked for by ${names.join(', ')}${use.forms.length > namesShown ? ' and others' : ''}. It was not deleted.`,
        extra: { requestForms: use.forms },
      });
    }
    await sql`update data_use_agreement set deleted_at = now(), updated_at = now(), updated_by = ${actor.globalUserId}
      where id = ${id}`.execute(tx);
    await appendAudit(tx, {
      ...agreementEntry({ actor, call }, text),
      action: 'DataUseAgreementDeleted',
      payload: { agreementVersion: text.version, sha256: text.sha256 },
    });
    after.changed('data-use-agreement', id);
  });
}
