import type { CreateRequestFormBody } from '@stoa/contract/request-form';
import { foldName } from '@stoa/core/folded-name';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { newUuid } from '../../db/new-id.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { requireMay } from '../../http/require.ts';
import { stewardsAssigned } from '../review-flow/stewards-assigned.ts';
import { type By, formEntry } from './lock-form.ts';
import { agreementIdsOf, requireValid, saveVersion } from './save-version.ts';

/** Makes a form with its first version; nothing asks by it until it is attached. */
export async function createRequestForm(deps: Deps, by: By, body: CreateRequestFormBody): Promise<string> {
  requireMay(by.actor, 'request-form.create', nothing);
  const id = body.id?.toLowerCase() ?? newUuid();
  const { globalUserId } = by.actor;
  const asked = {
    name: body.name.trim(),
    fields: body.fields,
    policy: body.policy,
    agreements: agreementIdsOf(body.dataUseAgreementIds) ?? [],
  };
  await transact(deps, async (tx, after) => {
    const content = await requireValid(tx, asked, null);
    await sql`insert into request_form (id, name, name_key, current_version, created_by, updated_by)
      values (${id}, ${content.name}, ${foldName(content.name)}, '', ${globalUserId}, ${globalUserId})`.execute(tx);
    const version = await saveVersion(tx, id, { content, by: globalUserId });
    await appendAudit(tx, {
      ...formEntry(by, { id, name: content.name }),
      action: 'RequestFormCreated',
      payload: { formVersion: version, fieldCount: content.fields.length },
      emits: stewardsAssigned({
        about: {},
        before: [],
        after: [content.policy],
        data: { name: content.name, requestFormId: id },
      }),
    });
    after.changed('request-form', id);
  });
  return id;
}
