import {
  cancelAccessRequest,
  determineAccessRequest,
  extendAccessRequest,
  type FormInput,
  getAccessRequestRecords,
  requestAccess,
  requestMaskingException,
  rerouteAccessRequest,
  revokeAccess,
} from '@stoa/contract/access-request';
import { updateApprovalRecord } from '@stoa/contract/approval-record';
import { saveRequestDraft } from '@stoa/contract/request-draft';
import type { TestPerson } from '@stoa/server/testing/people';
import type { Registered } from '@stoa/server/testing/register-platform';
import { reviewersOf } from './hostile-flow.ts';
import type { Form, Product } from './store-products.ts';
import type { Words } from './store-words.ts';
import type { Writer } from './writer.ts';

type Given = {
  admin: TestPerson;
  reviewer: TestPerson;
  form: Form;
  product: Product;
  words: Words;
};

/** Answers every question with hostile words. */
export function answersTo(writer: Writer, { fields, agreementId }: Form): FormInput {
  const answers = fields.map((field) => {
    if (field.type === 'SHORT_ANSWER') return { fieldId: field.id, value: writer.text(8_000, 25) };
    if (field.type === 'ACCESS_DURATION') return { fieldId: field.id, value: { amount: 30, unit: 'DAYS' } };
    const options = field.options.map(({ value }) => value);
    return { fieldId: field.id, value: field.type === 'DROPDOWN' ? (options[0] ?? '') : options.slice(0, 3) };
  });
  return { answers, agreements: [{ id: agreementId }] };
}

/** Asks for oneself; answers the id of the request. */
export async function ask(writer: Writer, who: TestPerson, { product, form }: Given): Promise<string> {
  const made = await writer.write(who, requestAccess, {
    params: { id: product.id },
    body: { user: who.globalUserId, form: answersTo(writer, form) },
  });
  return made.id;
}

/** One who only began to ask. */
export async function draft(writer: Writer, who: TestPerson, { product, form }: Given): Promise<void> {
  const written = answersTo(writer, form);
  await writer.write(who, saveRequestDraft, {
    params: { targetId: product.id },
    query: {},
    body: { form: { ...written, agreements: [] } },
  });
}

type Decision = { status: 'APPROVED' | 'DENIED'; duration?: number; durationUnit?: 'DAYS' };

export async function decide(
  writer: Writer,
  { reviewer }: Pick<Given, 'reviewer'>,
  { id, ...decision }: Decision & { id: string },
): Promise<void> {
  await writer.write(reviewer, determineAccessRequest, {
    params: { id },
    body: { ...decision, reason: writer.text(3_900, 12) },
  });
}

/** The same by its record, as integrations of old do it. */
export async function decideRecord(writer: Writer, { reviewer }: Pick<Given, 'reviewer'>, id: string): Promise<void> {
  const { approvalRecords } = await writer.write(reviewer, getAccessRequestRecords, { params: { id } });
  await writer.write(reviewer, updateApprovalRecord, {
    params: { id: approvalRecords[0]?.id ?? '' },
    body: { status: 'DENIED', reason: writer.text(3_900, 12) },
  });
}

export async function revoke(writer: Writer, { reviewer, product }: Given, requestId: string): Promise<void> {
  await writer.write(reviewer, revokeAccess, {
    params: { id: product.id, requestId },
    query: { reason: writer.text(2_000, 6) },
  });
}

/** Asks again with other answers before the access ends. */
export async function extend(writer: Writer, who: TestPerson, { form, id }: { form: Form; id: string }): Promise<void> {
  await writer.write(who, extendAccessRequest, { params: { id }, body: { form: answersTo(writer, form) } });
}

/** A pending request gets other reviewers, for a hostile reason. */
export async function reroute(writer: Writer, { admin, reviewer, words }: Given, id: string): Promise<void> {
  const others = () => reviewersOf(writer, { reviewer, words });
  await writer.write(admin, rerouteAccessRequest, {
    params: { id },
    body: { stages: [{ any: others() }, { all: others() }], reason: writer.text(3_900, 12) },
  });
}

export async function withdraw(writer: Writer, who: TestPerson, id: string): Promise<void> {
  await writer.write(who, cancelAccessRequest, { params: { id } });
}

/** Asks for the masked columns of the product in clear. */
export async function askInClear(
  writer: Writer,
  who: TestPerson,
  { product, form, registered }: { product: Product; form: Form; registered: Registered },
): Promise<string> {
  const [source] = registered.sources;
  const made = await writer.write(who, requestMaskingException, {
    params: { id: product.id },
    body: {
      user: who.globalUserId,
      columns: [{ columnName: 'label', sourceId: String(source?.id ?? 0) }],
      form: answersTo(writer, form),
    },
  });
  return made.id;
}
