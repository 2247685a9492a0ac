import { randomUUID } from 'node:crypto';
import { patchAsset, updateAsset } from '@stoa/contract/asset';
import { createDataProduct, updateDataProduct } from '@stoa/contract/data-product';
import { createDataUseAgreement, updateDataUseAgreement } from '@stoa/contract/data-use-agreement';
import { createRequestForm, type FormField, updateRequestForm } from '@stoa/contract/request-form';
import type { TestPerson } from '@stoa/server/testing/people';
import type { Registered } from '@stoa/server/testing/register-platform';
import { approvingFlow, flowOfAll, formFlow, hostileFlow } from './hostile-flow.ts';
import type { Words } from './store-words.ts';
import type { Writer } from './writer.ts';

export type Form = {
  readonly id: string;
  readonly agreementId: string;
  readonly fields: readonly FormField[];
};
export type Product = { readonly id: string; readonly slug: string };
type Given = { admin: TestPerson; reviewer: TestPerson; words: Words };

const fieldsOf = (writer: Writer): FormField[] => [
  { id: randomUUID(), type: 'SHORT_ANSWER', label: writer.text(1_000, 5), required: true },
  {
    id: randomUUID(),
    type: 'DROPDOWN',
    label: writer.text(1_000, 5),
    required: true,
    options: Array.from({ length: 5 }, () => ({ value: writer.line() })),
  },
  {
    id: randomUUID(),
    type: 'CHECKBOXES',
    label: writer.text(1_000, 5),
    required: true,
    options: Array.from({ length: 5 }, () => ({ value: writer.line() })),
  },
  { id: randomUUID(), type: 'ACCESS_DURATION', label: 'How long do you need access to this data?', required: true },
];

/** An agreement that holds `perText` payloads as Markdown, and a form that asks for it. Each is saved twice. */
export async function storeForm(writer: Writer, given: Given, perText: number): Promise<Form> {
  const { admin } = given;
  const text = () => ({ name: writer.line(), body: writer.text(100_000, perText) });
  const agreement = await writer.write(admin, createDataUseAgreement, { body: text() });
  await writer.write(admin, updateDataUseAgreement, { params: { id: agreement.id }, body: text() });
  const flow = { version: writer.line(64), ...formFlow(writer, given) };
  const form = await writer.write(admin, createRequestForm, {
    body: {
      name: writer.line(),
      fields: fieldsOf(writer),
      policy: { ...flow, defaultEvent: flowOfAll(writer, given).defaultEvent },
      dataUseAgreementIds: [agreement.id],
    },
  });
  const fields = fieldsOf(writer);
  const params = { id: form.id };
  await writer.write(admin, updateRequestForm, {
    params,
    body: {
      name: writer.line(),
      fields: fieldsOf(writer),
      policy: { rules: [], defaultEvent: approvingFlow(writer).defaultEvent },
    },
  });
  await writer.write(admin, updateRequestForm, {
    params,
    body: { policy: { ...flow, defaultEvent: flowOfAll(writer, given).defaultEvent } },
  });
  await writer.write(admin, updateRequestForm, { params, body: { fields, policy: flow } });
  return { id: form.id, agreementId: agreement.id, fields };
}

/** A product as its owner publishes and then changes it. */
export async function storeProduct(
  writer: Writer,
  given: Given & { form: Form; registered: Registered; name: string },
): Promise<Product> {
  const { admin, reviewer, form, registered, name } = given;
  const expert = () => ({
    subjectMatterExpert: { id: reviewer.globalUserId, username: writer.line(), name: writer.line() },
  });
  const words = () => ({ description: writer.text(10_000, 60), metadata: expert() });
  const made = await writer.write(admin, createDataProduct, {
    body: {
      ...words(),
      name,
      domains: [registered.domainId],
      dataSources: registered.sources.map(({ id }) => ({ sourceId: String(id) })),
      dataAccessReviewFlow: flowOfAll(writer, given),
      maskingExceptionReviewFlow: flowOfAll(writer, given),
      dataAccessRequestFormId: form.id,
      maskingExceptionRequestFormId: form.id,
    },
  });
  const { id, slug = '' } = Array.isArray(made) ? (made[0] ?? { id: '' }) : made;
  const params = { id };
  await writer.write(admin, updateDataProduct, {
    params,
    body: { dataAccessReviewFlow: approvingFlow(writer), maskingExceptionReviewFlow: approvingFlow(writer) },
  });
  await writer.write(admin, updateDataProduct, {
    params,
    body: {
      ...words(),
      dataAccessReviewFlow: flowOfAll(writer, given),
      maskingExceptionReviewFlow: flowOfAll(writer, given),
    },
  });
  await writer.write(admin, updateDataProduct, {
    params,
    body: {
      dataAccessReviewFlow: hostileFlow(writer, given),
      maskingExceptionReviewFlow: hostileFlow(writer, given),
    },
  });
  await storeAsBefore(writer, given, id);
  return { id, slug };
}

/** By the former names of the flows, and as an asset. */
async function storeAsBefore(
  writer: Writer,
  given: Given & { form: Form; registered: Registered; name: string },
  id: string,
): Promise<void> {
  const { admin, form, registered, name } = given;
  const flows = () => ({
    dataAccessPolicy: hostileFlow(writer, given),
    maskingExceptionPolicy: hostileFlow(writer, given),
  });
  const dataSources = registered.sources.map((source) => ({ sourceId: String(source.id) }));
  const other = { name: `${name} of old`, domains: [registered.domainId], metadata: null };
  await writer.write(admin, createDataProduct, { body: { ...other, ...flows(), dataSources } });
  const params = { id };
  await writer.write(admin, updateDataProduct, { params, body: flows() });
  const forms = { dataAccessRequestFormId: form.id, maskingExceptionRequestFormId: form.id };
  const asset = () => ({ type: 'DATA_PRODUCT' as const, name, description: writer.text(10_000, 60), ...forms });
  await writer.write(admin, updateAsset, { params, body: asset() });
  await writer.write(admin, patchAsset, { params, body: asset() });
}
