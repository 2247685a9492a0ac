import type { UpdateDataUseAgreementBody } from '@stoa/contract/data-use-agreement';
import { foldName } from '@stoa/core/folded-name';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { requireMay } from '../../http/require.ts';
import { type AgreementChange, agreementEntry, lockAgreement } from './lock-agreement.ts';
import { addVersion } from './store-version.ts';

/**
 * Saves a new version. Members keep their access; whoever asks from now on accepts this one. Saving what is there already
 * makes no version: nobody would have anything new to accept.
 */
export async function updateAgreement(
  deps: Deps,
  { actor, id, body, call }: AgreementChange<UpdateDataUseAgreementBody>,
): Promise<void> {
  await transact(deps, async (tx, after) => {
    const { text, use, object } = await lockAgreement(tx, id);
    const name = body.name?.trim() ?? text.name;
    const now = { name, body: body.body ?? text.body };
    const fields = (['name', 'body'] as const).filter((field) => now[field] !== text[field]);
    requireMay(actor, 'data-use-agreement.edit', { ...object, fields });
    if (fields.length === 0) return;
    const version = text.version + 1;
    await sql`update data_use_agreement set name = ${name}, name_key = ${foldName(name)}, current_version = ${version},
      updated_by = ${actor.globalUserId}, updated_at = now() where id = ${id}`.execute(tx);
    const sha256 = await addVersion(tx, { id, version, ...now, by: actor.globalUserId });
    await appendAudit(tx, {
      ...agreementEntry(
        { actor, call },
        { id, name },
        use.domains.map((d) => d.id),
      ),
      action: 'DataUseAgreementUpdated',
      payload: {
        before: { agreementVersion: text.version, name: text.name, sha256: text.sha256 },
        after: { agreementVersion: version, name, sha256 },
        forms: use.forms,
      },
    });
    after.changed('data-use-agreement', id);
  });
}
