import type { CreateDataUseAgreementBody } from '@stoa/contract/data-use-agreement';
import { foldName } from '@stoa/core/folded-name';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { newUuid } from '../../db/new-id.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { requireMay } from '../../http/require.ts';
import { type AgreementChange, agreementEntry } from './lock-agreement.ts';
import { addVersion } from './store-version.ts';

/** Makes an agreement with its first version, and answers its id. A name that is taken is refused by the database. */
export async function createAgreement(
  deps: Deps,
  { actor, body, call }: Omit<AgreementChange<CreateDataUseAgreementBody>, 'id'>,
): Promise<string> {
  requireMay(actor, 'data-use-agreement.create', nothing);
  const id = body.id ?? newUuid();
  const name = body.name.trim();
  await transact(deps, async (tx, after) => {
    await sql`insert into data_use_agreement (id, name, name_key, current_version, created_by, updated_by)
      values (${id}, ${name}, ${foldName(name)}, 1, ${actor.globalUserId}, ${actor.globalUserId})`.execute(tx);
    const sha256 = await addVersion(tx, { id, version: 1, name, body: body.body, by: actor.globalUserId });
    await appendAudit(tx, {
      ...agreementEntry({ actor, call }, { id, name }),
      action: 'DataUseAgreementCreated',
      payload: { agreementVersion: 1, sha256 },
    });
    after.changed('data-use-agreement', id);
  });
  return id;
}
