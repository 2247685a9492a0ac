import { z } from 'zod';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryInteger, sortOrder } from './page.ts';
import { abilities, author, personName, stamps } from './person.ts';
import { agreementText, namedListQuery } from './request-form.ts';
import { cuid, instant, largestId, name, numericIdText, searchText, text, uuid } from './text.ts';

/** A text that a requester accepts; every save makes a new version. */
export const dataUseAgreement = agreementText.extend({
  createdBy: author,
  updatedBy: author,
  ...stamps,
  /** Ours: how many forms ask for it. */
  usedByForms: z.int().optional(),
  abilities: abilities.optional(),
});
export type DataUseAgreement = z.infer<typeof dataUseAgreement>;

const body = text(100_000).regex(/\S/u, 'is empty');
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
  unedited: ['usedByForms', 'abilities'],
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

/** One version in the list of them. */
export const agreementVersion = z.object({
  version: z.int(),
  name: z.string(),
  sha256: z.string(),
  createdBy: author,
  createdAt: instant,
});
export type AgreementVersion = z.infer<typeof agreementVersion>;

export const listAgreementVersions = operation({
  id: 'listAgreementVersions',
  method: 'GET',
  path: '/api/data-use-agreement/{id}/versions',
  summary: 'The versions of an agreement, the newest first: who saved them, and when.',
  access: { action: 'data-use-agreement.read' },
  params,
  query: z.object(offsetQuery),
  responses: { 200: offsetPage(agreementVersion) },
});

export const getAgreementVersion = operation({
  id: 'getAgreementVersion',
  method: 'GET',
  path: '/api/data-use-agreement/{id}/versions/{version}',
  summary: 'The text of one version of an agreement.',
  access: { action: 'data-use-agreement.read' },
  params: z.object({ id: uuid, version: numericIdText }),
  responses: { 200: agreementVersion.extend({ body: z.string() }) },
});

/** That somebody accepted a version of an agreement, and for which request. */
export const agreementAcceptance = z.object({
  id: uuid,
  version: z.int(),
  sha256: z.string(),
  acceptedBy: personName,
  acceptedAt: instant,
  request: z.object({
    id: cuid,
    targetName: z.string(),
    beneficiary: personName,
  }),
});
export type AgreementAcceptance = z.infer<typeof agreementAcceptance>;

const acceptanceFilters = {
  /** Part of the name or username of who accepted. */
  searchText: searchText.optional(),
  userId: uuid.optional(),
  version: queryInteger(1, largestId).optional(),
  /** Accepted at this instant or later. */
  since: instant.optional(),
};

export const listAgreementAcceptances = operation({
  id: 'listAgreementAcceptances',
  method: 'GET',
  path: '/api/data-use-agreement/{id}/acceptances',
  summary: 'Who accepted which version of an agreement, for the requests that the caller may read.',
  access: { action: 'data-use-agreement.read' },
  params,
  query: z.object({ ...acceptanceFilters, ...offsetQuery, sortOrder: sortOrder.default('desc') }),
  responses: { 200: offsetPage(agreementAcceptance) },
});

/** The most rows that one export holds. */
export const largestExport = 100_000;

export const exportAgreementAcceptances = operation({
  id: 'exportAgreementAcceptances',
  method: 'GET',
  path: '/api/data-use-agreement/{id}/acceptances/export',
  summary:
    'The same as CSV, the newest first. Cells that a spreadsheet would run as a formula begin with an apostrophe.',
  access: { action: 'data-use-agreement.read' },
  answerType: 'text/csv',
  params,
  query: z.object(acceptanceFilters),
  responses: { 200: z.string() },
});
