import { z } from 'zod';
import { operation } from './operation.ts';
import { offsetPage } from './page.ts';
import { abilities, author, stamps } from './person.ts';
import { agreementText, namedListQuery } from './request-form.ts';
import { name, text, uuid } from './text.ts';

/** A text that a requester accepts; every save makes a new version. */
export const dataUseAgreement = agreementText.extend({
  createdBy: author,
  updatedBy: author,
  ...stamps,
  abilities: abilities.optional(),
});
export type DataUseAgreement = z.infer<typeof dataUseAgreement>;

const body = text(100_000);
export const createDataUseAgreementBody = z.object({ id: uuid.optional(), name, body });
export type CreateDataUseAgreementBody = z.infer<typeof createDataUseAgreementBody>;
export const updateDataUseAgreementBody = z.object({ name: name.optional(), body: body.optional() });
export type UpdateDataUseAgreementBody = z.infer<typeof updateDataUseAgreementBody>;

const params = z.object({ id: uuid });

export const createDataUseAgreement = operation({
  id: 'createDataUseAgreement',
  method: 'POST',
  path: '/api/data-use-agreement',
  summary: 'Makes a data use agreement.',
  access: { action: 'data-use-agreement.create' },
  published: 63,
  body: createDataUseAgreementBody,
  responses: { 201: dataUseAgreement },
});

export const searchDataUseAgreements = operation({
  id: 'searchDataUseAgreements',
  method: 'GET',
  path: '/api/data-use-agreement',
  summary: 'The data use agreements.',
  access: { action: 'data-use-agreement.read' },
  published: 64,
  query: namedListQuery,
  responses: { 200: offsetPage(dataUseAgreement) },
});

export const deleteDataUseAgreement = operation({
  id: 'deleteDataUseAgreement',
  method: 'DELETE',
  path: '/api/data-use-agreement/{id}',
  summary: 'Deletes an agreement that no form uses.',
  access: { action: 'data-use-agreement.delete' },
  published: 65,
  params,
  responses: { 204: null },
});

export const updateDataUseAgreement = operation({
  id: 'updateDataUseAgreement',
  method: 'PUT',
  path: '/api/data-use-agreement/{id}',
  summary: 'Saves a new version of an agreement.',
  access: { action: 'data-use-agreement.edit' },
  published: 66,
  params,
  body: updateDataUseAgreementBody,
  responses: { 201: dataUseAgreement },
});

export const getDataUseAgreementById = operation({
  id: 'getDataUseAgreementById',
  method: 'GET',
  path: '/api/data-use-agreement/{id}',
  summary: 'The current version of an agreement.',
  access: { action: 'data-use-agreement.read' },
  published: 67,
  params,
  responses: { 200: dataUseAgreement },
});

export const getAssociatedRequestForms = operation({
  id: 'getAssociatedRequestForms',
  method: 'GET',
  path: '/api/data-use-agreement/{id}/request-forms',
  summary: 'The forms that ask for an agreement.',
  access: { action: 'data-use-agreement.read' },
  published: 68,
  params,
  responses: { 200: z.array(z.object({ id: uuid, name: z.string() })) },
});
