import type { UpdateRequestFormBody } from '@stoa/contract/request-form';
import { compareForms } from '@stoa/core/review/compare-forms';
import { appendAudit } from '../../audit/append.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { stewardsAssigned } from '../review-flow/stewards-assigned.ts';
import { requireGovernorForAutomatic } from '../data-product/automatic-approval.ts';
import { contentOf } from './compare-versions.ts';
import { productsThatUse } from './form-uses.ts';
import { type By, formEntry, lockForm } from './lock-form.ts';
import { agreementIdsOf, type FormContent, nameReviewers, requireValid, saveVersion } from './save-version.ts';

/**
 * Saves a new version of a form; one that says what stands there already is no save. A steward named in the form may change
 * the questions and agreements of it.
 */
export async function updateRequestForm(
  deps: Deps,
  by: By,
  { id, body }: { id: string; body: UpdateRequestFormBody },
): Promise<void> {
  if (body.id !== undefined && body.id.toLowerCase() !== id)
    throw new Refusal('request.malformed', { errors: [{ path: 'body.id', message: 'is not the id of this form' }] });
  await transact(deps, async (tx, after) => {
    const { form, uses, object } = await lockForm(tx, id);
    requireMay(by.actor, 'request-form.edit', { ...object, fields: [] });
    const before = contentOf(form);
    const asked = await nameReviewers(tx, wantedContent(before, body));
    const fields = changedMembers(before, asked);
    requireMay(by.actor, 'request-form.edit', { ...object, fields });
    if (fields.length === 0) return;
    const wanted = await requireValid(tx, asked, before);
    const version = await saveVersion(tx, id, { content: wanted, by: by.actor.globalUserId });
    if (fields.includes('policy'))
      await requireGovernorForAutomatic(tx, by.actor, { productIds: await productsThatUse(tx, id) });
    await appendAudit(tx, {
      ...formEntry(by, { id, name: wanted.name, uses }),
      action: 'RequestFormUpdated',
      payload: {
        fields,
        formVersion: version,
        formerVersion: form.version,
        ...(wanted.name === form.name ? {} : { formerName: form.name }),
      },
      emits: stewardsAssigned({
        about: {},
        before: [before.policy],
        after: [wanted.policy],
        data: { name: wanted.name, requestFormId: id },
      }),
    });
    after.changed('request-form', id);
  });
}

/** The form as a save would leave it; members that are absent stay. */
export const wantedContent = (before: FormContent, body: UpdateRequestFormBody): FormContent => ({
  name: body.name?.trim() ?? before.name,
  fields: body.fields ?? before.fields,
  policy: body.policy ?? before.policy,
  agreements: agreementIdsOf(body.dataUseAgreementIds) ?? before.agreements,
});

/** The members of the body that say something new. */
export function changedMembers(before: FormContent, wanted: FormContent): string[] {
  const { name, fields, policy } = compareForms(before, wanted);
  // The same question twice is no difference of any question, and is refused as every other second one.
  const areFieldsSame = fields.length === 0 && before.fields.length === wanted.fields.length;
  return [
    ...(name === undefined ? [] : ['name']),
    ...(areFieldsSame ? [] : ['fields']),
    ...(policy ? ['policy'] : []),
    ...(before.agreements.join() === wanted.agreements.join() ? [] : ['dataUseAgreementIds']),
  ];
}
