import type { AnswerOf } from '@stoa/contract/operation';
import type { previewRequestForm as previewOperation, UpdateRequestFormBody } from '@stoa/contract/request-form';
import type { Actor } from '@stoa/core/permissions/objects';
import { foldName } from '@stoa/core/folded-name';
import { formProblems } from '@stoa/core/review/check-form';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { loadAgreements } from '../data-use-agreement/load-agreements.ts';
import { agreementNames, presentDifference } from './compare-versions.ts';
import { countPending, formObject, loadFormUses } from './form-uses.ts';
import { loadForms } from './load-forms.ts';
import type { FormContent } from './save-version.ts';
import { changedMembers, wantedContent } from './update-form.ts';

type Preview = AnswerOf<typeof previewOperation>;

/** What a save would change, whom it would reach, and why it would be refused. Writes nothing. */
export async function previewRequestForm(
  reader: Reader,
  actor: Actor,
  { id, body }: { id: string; body: UpdateRequestFormBody },
): Promise<Preview> {
  const form = (await loadForms(reader, [id])).get(id);
  if (!form) throw notFound('request form');
  const uses = (await loadFormUses(reader, [id]))(id);
  const wanted = wantedContent(form, body);
  requireMay(actor, 'request-form.edit', formObject(form, uses, changedMembers(form, wanted)));
  const names = await agreementNames(reader, [...form.agreementIds, ...wanted.agreements]);
  return {
    difference: presentDifference(form, wanted, names),
    problems: await problemsOf(reader, id, wanted),
    usedBy: { dataProducts: uses.dataProducts, assets: uses.assets },
    pendingRequests: await countPending(reader, id),
  };
}

async function problemsOf(reader: Reader, id: string, wanted: FormContent): Promise<Preview['problems']> {
  const { rows: named } = await sql`select from request_form where deleted_at is null and id <> ${id}
    and name_key = ${foldName(wanted.name)}`.execute(reader);
  const known = await loadAgreements(reader, wanted.agreements);
  const unknown = wanted.agreements.filter((agreementId) => !known.has(agreementId));
  return [
    ...(named.length === 0
      ? []
      : [{ path: 'name', code: 'request_form.name_taken', message: 'A form has this name already.' }]),
    ...formProblems(wanted),
    ...unknown.map((agreementId) => ({
      path: `dataUseAgreementIds[${wanted.agreements.indexOf(agreementId)}]`,
      code: 'request_form.agreement_unknown',
      message: 'This data use agreement does not exist.',
    })),
  ];
}
