import type { AnswerOf } from '@stoa/contract/operation';
import type { previewRequestForm as previewOperation, UpdateRequestFormBody } from '@stoa/contract/request-form';
import { type Actor, nothing } from '@stoa/core/permissions/objects';
import { foldName } from '@stoa/core/folded-name';
import { formProblems } from '@stoa/core/review/check-form';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { loadAgreements } from '../data-use-agreement/load-agreements.ts';
import { agreementNames, contentOf, presentDifference } from './compare-versions.ts';
import { countPending, formObject, loadFormUses } from './form-uses.ts';
import { loadForms } from './load-forms.ts';
import { loadReviewerNames, unknownReviewers } from '../review-flow/reviewer-names.ts';
import { type FormContent, nameReviewers } from './save-version.ts';
import { changedMembers, wantedContent } from './update-form.ts';

type Preview = AnswerOf<typeof previewOperation>;

/** What a save would change, whom it would reach, and why it would be refused. Writes nothing. */
export async function previewRequestForm(reader: Reader, actor: Actor, body: UpdateRequestFormBody): Promise<Preview> {
  const id = body.id?.toLowerCase();
  return id === undefined ? previewNew(reader, actor, body) : previewChange(reader, actor, { id, body });
}

async function previewChange(
  reader: Reader,
  actor: Actor,
  { id, body }: { id: string; body: UpdateRequestFormBody },
): Promise<Preview> {
  const form = (await loadForms(reader, [id])).get(id);
  if (!form) throw notFound('request form');
  const uses = (await loadFormUses(reader, [id]))(id);
  const wanted = await nameReviewers(reader, wantedContent(contentOf(form), body));
  requireMay(actor, 'request-form.edit', formObject(form, uses, changedMembers(contentOf(form), wanted)));
  return {
    difference: await describe(reader, contentOf(form), wanted),
    problems: await problemsOf(reader, { id, wanted, before: contentOf(form) }),
    usedBy: { dataProducts: uses.dataProducts, assets: uses.assets },
    pendingRequests: await countPending(reader, id),
  };
}

/** A form that is not there yet delegates, asks nothing and has no name. */
const nothingYet: FormContent = {
  name: '',
  fields: [],
  policy: { rules: [], defaultEvent: { type: 'dataProductPolicy' } },
  agreements: [],
};

async function previewNew(reader: Reader, actor: Actor, body: UpdateRequestFormBody): Promise<Preview> {
  requireMay(actor, 'request-form.create', nothing);
  const wanted = wantedContent(nothingYet, body);
  return {
    difference: await describe(reader, nothingYet, wanted),
    problems: await problemsOf(reader, { id: null, wanted, before: null }),
    usedBy: { dataProducts: 0, assets: 0 },
    pendingRequests: 0,
  };
}

async function describe(reader: Reader, before: FormContent, after: FormContent): Promise<Preview['difference']> {
  return presentDifference(before, after, await agreementNames(reader, [...before.agreements, ...after.agreements]));
}

type Save = { id: string | null; wanted: FormContent; before: FormContent | null };

async function problemsOf(reader: Reader, { id, wanted, before }: Save): Promise<Preview['problems']> {
  const { rows: named } = await sql`select from request_form where deleted_at is null and id is distinct from ${id}
    and name_key = ${foldName(wanted.name)}`.execute(reader);
  const known = await loadAgreements(reader, wanted.agreements);
  const unknown = wanted.agreements.filter((agreementId) => !known.has(agreementId));
  const names = await loadReviewerNames(reader, wanted.policy);
  return [
    ...(named.length === 0
      ? []
      : [{ path: 'name', code: 'request_form.name_taken', message: 'A form has this name already.' }]),
    ...formProblems(wanted),
    ...unknownReviewers(wanted.policy, names, before?.policy ?? null).map(({ path, message }) => ({
      path: `policy.${path}`,
      code: 'review_flow.reviewer_unknown',
      message,
    })),
    ...unknown.map((agreementId) => ({
      path: `dataUseAgreementIds[${wanted.agreements.indexOf(agreementId)}]`,
      code: 'request_form.agreement_unknown',
      message: 'This data use agreement does not exist.',
    })),
  ];
}
