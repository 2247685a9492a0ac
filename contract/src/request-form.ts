import { z } from 'zod';
import { assetType, requestType } from './enums.ts';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryBoolean, sortOrder } from './page.ts';
import { abilities, author, stamps } from './person.ts';
import { formFlow } from './review-flow.ts';
import { cuid, cuidOrUuid, instant, line, name, publishedName, searchText, text, uuid } from './text.ts';

/** The fixed question of an access duration field. */
export const durationLabel = 'How long do you need access to this data?';

/** A question of a form. Ids stay the same across versions. */
export const formField = z
  .discriminatedUnion('type', [
    z.object({
      id: uuid,
      type: z.enum(['DROPDOWN', 'CHECKBOXES']),
      label: text(1_000),
      required: z.boolean().default(true),
      options: z.array(z.object({ value: line(255) })).max(200),
    }),
    z.object({ id: uuid, type: z.literal('SHORT_ANSWER'), label: text(1_000), required: z.boolean().default(true) }),
    z.object({
      id: uuid,
      type: z.literal('ACCESS_DURATION'),
      label: z.literal(durationLabel),
      required: z.literal(true),
    }),
  ])
  .meta({ id: 'FormField' });
export type FormField = z.infer<typeof formField>;

export const agreementText = z.object({
  id: uuid,
  name: z.string(),
  body: z.string(),
  /** Ours. */
  version: z.int().optional(),
  /** Ours: hash of the text, in hex. */
  sha256: z.string().optional(),
});
export type AgreementText = z.infer<typeof agreementText>;

export const requestForm = z
  .object({
    id: uuid,
    name: z.string(),
    fields: z.array(formField),
    policy: formFlow,
    dataUseAgreements: z.array(agreementText),
    createdBy: author,
    updatedBy: author,
    ...stamps,
    version: cuid,
    /** Ours: which version of the form it is, from 1. */
    versionNumber: z.int().optional(),
    /** Ours: how many targets ask by it. */
    usedBy: z.object({ dataProducts: z.int(), assets: z.int() }).optional(),
    /** Ours: the Standard Request Form, which is never edited or deleted. */
    standard: z.boolean().optional(),
    abilities: abilities.optional(),
  })
  .meta({ id: 'RequestForm' });
export type RequestForm = z.infer<typeof requestForm>;

export const requestFormInList = requestForm.extend({ associatedDomains: z.array(z.string()) });
export type RequestFormInList = z.infer<typeof requestFormInList>;

export const createRequestFormBody = z.object({
  id: uuid.optional(),
  name,
  fields: z.array(formField).max(100),
  policy: formFlow,
  dataUseAgreementIds: z.array(uuid).max(20).optional(),
});
export type CreateRequestFormBody = z.infer<typeof createRequestFormBody>;
export const updateRequestFormBody = z.object({
  id: uuid.optional(),
  name: name.optional(),
  fields: z.array(formField).max(100).optional(),
  policy: formFlow.optional(),
  dataUseAgreementIds: z.array(uuid).max(20).optional(),
});
export type UpdateRequestFormBody = z.infer<typeof updateRequestFormBody>;

/** Paging, sorting and name filter of forms and agreements. */
export const namedListQuery = z.object({
  ...offsetQuery,
  sortOrder: sortOrder.default('asc'),
  sortBy: z.enum(['name', 'createdAt', 'updatedAt']).default('name'),
  nameFilter: searchText.default(''),
  exactMatch: queryBoolean.default(false),
});

const params = z.object({ id: uuid });

export const createRequestForm = operation({
  id: 'createRequestForm',
  method: 'POST',
  path: '/api/request-form',
  summary: 'Makes a request form.',
  access: { action: 'request-form.create' },
  published: 76,
  body: createRequestFormBody,
  responses: { 201: requestForm },
});

export const searchRequestForms = operation({
  id: 'searchRequestForms',
  method: 'GET',
  path: '/api/request-form',
  summary: 'The request forms.',
  access: { action: 'request-form.read' },
  published: 77,
  query: namedListQuery,
  responses: { 200: offsetPage(requestFormInList) },
});

export const getRequestFormById = operation({
  id: 'getRequestFormById',
  method: 'GET',
  path: '/api/request-form/{id}',
  summary: 'The current version of a form.',
  access: { action: 'request-form.read' },
  published: 78,
  params,
  responses: { 200: requestForm },
  unedited: ['usedBy', 'abilities'],
});

export const deleteRequestFormById = operation({
  id: 'deleteRequestFormById',
  method: 'DELETE',
  path: '/api/request-form/{id}',
  summary: 'Deletes a form that nothing uses.',
  access: { action: 'request-form.delete' },
  published: 79,
  params,
  responses: { 204: null },
});

export const updateRequestForm = operation({
  id: 'updateRequestForm',
  method: 'PUT',
  path: '/api/request-form/{id}',
  summary: 'Saves a new version of a form; absent members stay.',
  access: { action: 'request-form.edit' },
  published: 80,
  params,
  body: updateRequestFormBody,
  responses: { 201: requestForm },
});

export const getRequestFormByVersion = operation({
  id: 'getRequestFormByVersion',
  method: 'GET',
  path: '/api/request-form/version/{version}',
  summary: 'One version of a form, as requests were made under it.',
  access: { action: 'request-form.read' },
  published: 81,
  params: z.object({ version: cuid }),
  responses: { 200: requestForm },
});

export const getFormDataProducts = operation({
  id: 'getDataProducts',
  method: 'GET',
  path: '/api/request-form/{id}/data-products',
  summary: 'The data products that use a form.',
  access: { action: 'request-form.read' },
  published: 82,
  params,
  responses: { 200: z.array(z.object({ id: cuidOrUuid, name: publishedName, requestTypes: z.array(requestType) })) },
});

export const getFormAssets = operation({
  id: 'getAssets',
  method: 'GET',
  path: '/api/request-form/{id}/assets',
  summary: 'The assets that use a form.',
  access: { action: 'request-form.read' },
  published: 83,
  params,
  responses: { 200: z.array(z.object({ id: cuidOrUuid, name: z.string().min(1), type: assetType, requestType })) },
});

/** A version in the list of versions of a form. */
export const requestFormVersion = z
  .object({
    version: cuid,
    /** From 1, in the order in which they were saved. */
    number: z.int(),
    name: z.string(),
    createdBy: author,
    createdAt: instant,
    isCurrent: z.boolean(),
    /** Requests made under it: all, and those still to be decided. */
    requests: z.int(),
    pendingRequests: z.int(),
  })
  .meta({ id: 'RequestFormVersion' });
export type RequestFormVersion = z.infer<typeof requestFormVersion>;

/** One question of two versions: `after` is missing when it was removed, `before` when it was added. */
export const fieldDifference = z.object({
  id: uuid,
  before: formField.optional(),
  after: formField.optional(),
  /** Place among the questions, from 1. */
  placeBefore: z.int().optional(),
  placeAfter: z.int().optional(),
  /** It stands before or after others than it did. Making room for another is no move. */
  moved: z.boolean(),
});
export type FieldDifference = z.infer<typeof fieldDifference>;

/** What a version changed; members that are left out are the same. */
export const requestFormDifference = z
  .object({
    name: z.object({ before: z.string(), after: z.string() }).optional(),
    /** In the order of the questions, those removed at their former place. */
    fields: z.array(fieldDifference),
    agreements: z.array(z.object({ id: uuid, name: z.string(), change: z.enum(['added', 'removed']) })),
    policy: z.object({ before: formFlow, after: formFlow }).optional(),
  })
  .meta({ id: 'RequestFormDifference' });
export type RequestFormDifference = z.infer<typeof requestFormDifference>;

const whichVersion = z.object({ version: cuid, number: z.int() });

export const listRequestFormVersions = operation({
  id: 'listRequestFormVersions',
  method: 'GET',
  path: '/api/request-form/{id}/versions',
  summary:
    'The versions of a form, the newest first: who saved them, when, and how many requests were made under each.',
  access: { action: 'request-form.read' },
  params,
  query: z.object(offsetQuery),
  responses: { 200: offsetPage(requestFormVersion) },
});

export const compareRequestFormVersions = operation({
  id: 'compareRequestFormVersions',
  method: 'GET',
  path: '/api/request-form/{id}/versions/{version}/difference',
  summary: 'What a version of a form changed, against the one before it or the one named by `from`.',
  access: { action: 'request-form.read' },
  params: z.object({ id: uuid, version: cuid }),
  query: z.object({ from: cuid.optional() }),
  responses: {
    200: z.object({
      /** Null for the first version. */
      from: whichVersion.nullable(),
      to: whichVersion,
      difference: requestFormDifference,
    }),
  },
});

export const previewRequestForm = operation({
  id: 'previewRequestForm',
  method: 'POST',
  path: '/api/request-form/preview',
  summary:
    'What saving a form would change, whom it would reach, and what stands in the way. Without an id it is about a new form. Nothing is saved.',
  access: { action: 'request-form.edit' },
  body: updateRequestFormBody,
  responses: {
    200: z.object({
      difference: requestFormDifference,
      /** Why saving would be refused, each with the member it is about. */
      problems: z.array(z.object({ path: z.string(), code: z.string(), message: z.string() })),
      usedBy: z.object({ dataProducts: z.int(), assets: z.int() }),
      /** Requests that wait for a decision: they keep the version they were made under. */
      pendingRequests: z.int(),
    }),
  },
});
