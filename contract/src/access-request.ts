import { z } from 'zod';
import { approvalRecord, determinationBody, recentDeterminations } from './approval-record.ts';
import { assetMetadata } from './asset-metadata.ts';
import { accessStatus, assetType, durationUnit, fieldType, requestType } from './enums.ts';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryBoolean, queryList, queryTexts, sortOrder } from './page.ts';
import { abilities, person, personName, stamps } from './person.ts';
import { provisioningSummary } from './provisioning.ts';
import { reviewer, stage } from './review-flow.ts';
import { reviewerReminder } from './reviewer-reminder.ts';
import {
  cuid,
  cuidOrUuid,
  durationAmount,
  instant,
  line,
  publishedName,
  searchText,
  sourceId,
  text,
  uuid,
} from './text.ts';

/** An answer: text, options, a period, or nothing (for a period: indefinitely). */
export const answerValue = z.union([
  z.string(),
  z.array(z.string()),
  z.object({ amount: durationAmount, unit: durationUnit }),
  z.null(),
]);
export type AnswerValue = z.infer<typeof answerValue>;

/** The answers as they were frozen at submit. */
export const answeredForm = z.object({
  formVersion: z.string(),
  answers: z.array(z.object({ fieldId: uuid, type: fieldType, value: answerValue })),
  agreements: z.array(
    z.object({
      id: uuid,
      version: z.int(),
      sha256: z.string(),
      acceptedBy: z.string().optional(),
      acceptedAt: instant.optional(),
    }),
  ),
});
export type AnsweredForm = z.infer<typeof answeredForm>;

/** What a client sends as answers; Stoa fills in the rest. */
export const formInput = z
  .object({
    formVersion: z.string().max(64).optional(),
    answers: z
      .array(
        z.object({
          fieldId: line(64),
          value: z.union([
            text(10_000, 0),
            z.array(line(255)).max(200),
            z.object({ amount: z.number(), unit: z.string().max(16) }),
            z.null(),
          ]),
        }),
      )
      .max(100)
      .default([]),
    agreements: z
      .array(z.object({ id: uuid, version: z.int().optional() }))
      .max(20)
      .default([]),
  })
  .meta({ id: 'FormInput' });
export type FormInput = z.infer<typeof formInput>;

const requestedColumn = z.object({ columnName: z.string(), sourceId });

/** A request with everything a list or a page shows of it. */
export const accessRequest = z
  .object({
    id: cuid,
    requestingUser: person,
    user: person,
    formVersion: z.string(),
    form: answeredForm.optional(),
    type: requestType,
    metadata: z.looseObject({ columns: z.array(requestedColumn).optional() }).optional(),
    status: accessStatus,
    expiration: instant.optional(),
    ...stamps,
    dataProduct: z
      .object({
        id: cuidOrUuid,
        name: publishedName,
        description: z.string().nullable().optional(),
        slug: z.string().optional(),
      })
      .optional(),
    asset: z
      .object({
        id: cuidOrUuid,
        type: z.literal('DATA_OBJECT'),
        name: z.string().min(1),
        metadata: assetMetadata,
        /** False while no crawl has found it: such a request cannot be approved. */
        registered: z.boolean().optional(),
      })
      .optional(),
    // Everything below is ours.
    provisioning: provisioningSummary.optional(),
    /** A steward asked back. */
    needsInfo: z.boolean().optional(),
    /** False when nobody could decide one of its slots. */
    reviewable: z.boolean().optional(),
    decidedAt: instant.optional(),
    /** Why it ended as it did: the reason of the denial, of the revocation. */
    decisionReason: z.string().optional(),
    /** Stages satisfied of stages asked for. */
    progress: z.object({ satisfied: z.int(), total: z.int() }).optional(),
    /** The period asked for; null for indefinitely. */
    requestedDuration: z.object({ amount: durationAmount, unit: durationUnit }).nullable().optional(),
    /** The period that was granted, of a request that was approved; null for indefinitely. */
    grantedDuration: z.object({ amount: durationAmount, unit: durationUnit }).nullable().optional(),
    newerFormExists: z.boolean().optional(),
    /** Of a pending request: what has a newer version than the one that it was made under. */
    changedSince: z.array(z.enum(['form', 'flow', 'agreement'])).optional(),
    /** Asked for somebody else, who has not accepted the data use agreements yet: no access before. */
    awaitsAcceptance: z.boolean().optional(),
    /** Read alone: when its reviewers were reminded, the latest last; absent where they were not. */
    reminders: z.array(reviewerReminder).optional(),
    /** Read alone, for who may remind its reviewers: from when, where it is too early yet. */
    remindableFrom: instant.optional(),
    /** Until when the caller put it aside in their own queue. */
    snoozedUntil: instant.optional(),
    abilities: abilities.optional(),
  })
  .meta({ id: 'AccessRequest' });
export type AccessRequest = z.infer<typeof accessRequest>;
export const accessRequestPage = offsetPage(accessRequest);
export type AccessRequestPage = z.infer<typeof accessRequestPage>;

export const createAccessRequestBody = z.object({
  user: uuid,
  form: formInput.optional(),
  /** A pending request of the caller's for the same person, target and type: it is canceled in the act that makes this one. */
  replaces: cuid.optional(),
});
export type CreateAccessRequestBody = z.infer<typeof createAccessRequestBody>;

/** More than 500 are refused by the rule, with a code of its own; this bounds only what is read at all. */
export const requestedColumns = z
  .array(z.object({ columnName: line(255), sourceId }))
  .min(1)
  .max(10_000);
export const createMaskingExceptionRequestBody = createAccessRequestBody.extend({ columns: requestedColumns });
export type CreateMaskingExceptionRequestBody = z.infer<typeof createMaskingExceptionRequestBody>;
/** What would be asked: access to the data, where nothing else is said, or to see masked columns. */
export const previewAccessRequestBody = createAccessRequestBody
  .extend({ type: requestType.optional(), columns: requestedColumns.optional() })
  .refine(({ type, columns }) => (type === 'MASKING_EXCEPTION') === (columns !== undefined), {
    path: ['columns'],
    message: 'belong to a MASKING_EXCEPTION, and to nothing else',
  });
export type PreviewAccessRequestBody = z.infer<typeof previewAccessRequestBody>;

/** The filters F of product.md 14.2. */
export const requestFilters = {
  searchText: searchText.optional(),
  status: queryList(accessStatus).optional(),
  type: queryList(requestType).optional(),
  userIds: queryTexts.optional(),
  expiration: queryBoolean.optional(),
  dataProductId: cuidOrUuid.optional(),
  assetId: uuid.optional(),
  assetType: queryList(assetType).optional(),
  targetType: queryTexts.optional(),
  reviewStatus: queryList(z.enum(['noReviews', 'reviewedByYou', 'awaitingReviewFromYou'])).optional(),
  ...offsetQuery,
  sortOrder: sortOrder.default('desc'),
  sortBy: z.enum(['status', 'dataProduct', 'createdAt', 'updatedAt', 'expiration']).default('createdAt'),
};
export const includeTemporary = queryBoolean.default(false);

/** What asking would lead to, before it is asked. */
export const accessRequestPreview = z.object({
  outcome: z.enum(['approve', 'deny', 'review']),
  /** The rule of the flow that gave it; absent for the default event. */
  rule: z.string().optional(),
  stages: z.array(
    z.object({
      mode: z.enum(['any', 'all']),
      slots: z.array(z.object({ reviewers: z.array(reviewer), people: z.array(personName), peopleCount: z.int() })),
    }),
  ),
  /** When a rule approves it: the end it would give; null for none. */
  expiration: instant.nullable(),
  /** The end of this request if it were approved now for the period asked; null without end, or where none is asked. */
  expectedEnd: instant.nullable(),
  /** The same beside access that is held already: it runs to the later end. */
  accessUntil: instant.nullable(),
  /** The access starts only once the other person has accepted the data use agreements. */
  awaitsBeneficiary: z.boolean(),
  /** A request that stands in the way, or is being extended. */
  existingRequestId: cuid.optional(),
  /** The end of the access that is held already, where it has one. */
  heldUntil: instant.optional(),
  refusal: z.object({ code: z.string(), detail: z.string() }).optional(),
});
export type AccessRequestPreview = z.infer<typeof accessRequestPreview>;

const params = z.object({ id: cuid });
const productParams = z.object({ id: uuid });

export const searchDataProductAccessRequests = operation({
  id: 'searchDataProductAccessRequests',
  method: 'GET',
  path: '/api/data-product/{id}/request',
  summary: 'Requests for a product that the caller may read.',
  access: { action: 'access-request.read' },
  published: 12,
  params: productParams,
  query: z.object({ ...requestFilters, includeTemporary }),
  responses: { 200: accessRequestPage },
});

export const requestAccess = operation({
  id: 'requestAccess',
  method: 'POST',
  path: '/api/data-product/{id}/request',
  summary: 'Asks for access to a product, for oneself or someone else.',
  access: { action: 'access-request.create' },
  published: 13,
  params: productParams,
  body: createAccessRequestBody,
  responses: { 201: accessRequest },
});

export const previewAccessRequest = operation({
  id: 'previewAccessRequest',
  method: 'POST',
  path: '/api/data-product/{id}/request/preview',
  summary: 'Who would decide a request, and how it would end; writes nothing.',
  access: { action: 'access-request.create' },
  params: productParams,
  body: previewAccessRequestBody,
  responses: { 200: accessRequestPreview },
});

export const searchDataProductMembers = operation({
  id: 'searchDataProductMembers',
  method: 'GET',
  path: '/api/data-product/{id}/members',
  summary: 'Who has access by an approved request.',
  access: { action: 'data-product.members' },
  published: 14,
  params: productParams,
  query: z.object(requestFilters),
  responses: { 200: accessRequestPage },
});

export const requestMaskingException = operation({
  id: 'requestMaskingException',
  method: 'POST',
  path: '/api/data-product/{id}/request/masking-exception',
  summary: 'Asks to see masked columns in clear.',
  access: { action: 'access-request.create' },
  published: 15,
  params: productParams,
  body: createMaskingExceptionRequestBody,
  responses: { 201: accessRequest },
});

export const revokeAccess = operation({
  id: 'revokeAccess',
  method: 'DELETE',
  path: '/api/data-product/{id}/request/{requestId}',
  summary: 'Takes approved access away, or gives it back.',
  access: { action: 'access-request.revoke' },
  published: 16,
  params: z.object({ id: uuid, requestId: cuid }),
  query: z.object({ reason: text(4_000, 0).optional() }),
  responses: { 204: null },
});

export const getRecentDeterminations = operation({
  id: 'recentDeterminations',
  method: 'GET',
  path: '/api/data-product/{id}/recent-determinations',
  summary: 'The five latest decisions on a product.',
  access: { action: 'access-request.assess' },
  published: 18,
  params: productParams,
  query: z.object({ type: requestType.default('DATA_ACCESS') }),
  responses: { 200: recentDeterminations },
});

export const searchAccessRequests = operation({
  id: 'searchAccessRequests',
  method: 'GET',
  path: '/api/access-request',
  summary: 'Requests that the caller may read.',
  access: { action: 'access-request.read' },
  published: 21,
  query: z.object({
    ...requestFilters,
    includeTemporary,
    /** Ours: those that the caller put aside, or those that they did not. */
    snoozed: queryBoolean.optional(),
    role: queryList(z.enum(['requestor', 'manager', 'steward'])).default(['requestor', 'manager', 'steward']),
  }),
  responses: { 200: accessRequestPage },
});

export const getApprovedMaskingExceptionColumns = operation({
  id: 'getApprovedMaskingExceptionColumns',
  method: 'GET',
  path: '/api/access-request/approved-masking-exception-columns',
  summary: 'Masked columns that a person sees in clear by a request.',
  access: { action: 'access-request.read' },
  published: 22,
  query: z.object({ userId: uuid }),
  responses: { 200: z.array(requestedColumn) },
});

export const getAccessRequestById = operation({
  id: 'getAccessRequestById',
  method: 'GET',
  path: '/api/access-request/{id}',
  summary: 'One request.',
  access: { action: 'access-request.read' },
  published: 23,
  params,
  responses: { 200: accessRequest },
});

export const cancelAccessRequest = operation({
  id: 'cancelAccessRequest',
  method: 'DELETE',
  path: '/api/access-request/{id}',
  summary: 'Withdraws a pending request.',
  access: { action: 'access-request.cancel' },
  published: 24,
  params,
  responses: { 204: null },
});

export const getAccessRequestRecords = operation({
  id: 'getAccessRequestRecords',
  method: 'GET',
  path: '/api/access-request/{id}/records',
  summary: 'The slots of a request and how each was decided.',
  access: { action: 'access-request.read' },
  published: 25,
  params,
  responses: { 200: z.object({ approvalRecords: z.array(approvalRecord) }) },
});

export const rerouteAccessRequestBody = z.object({
  /** Who decides from now on, in order; approvals of sources that are kept count on. */
  stages: z.array(stage).min(1).max(20),
  /** Both the requester and the reviewers read it. */
  reason: text(4_000).regex(/\S/u, 'is empty'),
});
export type RerouteAccessRequestBody = z.infer<typeof rerouteAccessRequestBody>;

export const rerouteAccessRequest = operation({
  id: 'rerouteAccessRequest',
  method: 'POST',
  path: '/api/access-request/{id}/reroute',
  summary: 'Gives a pending request to other reviewers; approvals of sources that are kept count on.',
  access: { action: 'access-request.reroute' },
  params,
  body: rerouteAccessRequestBody,
  responses: { 200: accessRequest },
});

export const determineAccessRequest = operation({
  id: 'determineAccessRequest',
  method: 'POST',
  path: '/api/access-request/{id}/determination',
  summary: 'Approves, approves for a time, or denies, bound to the plan that was shown.',
  access: { action: 'access-request.determine' },
  params,
  body: determinationBody,
  responses: { 200: accessRequest },
});

export const extendAccessRequest = operation({
  id: 'extendAccessRequest',
  method: 'POST',
  path: '/api/access-request/{id}/extend',
  summary: 'Asks again with the earlier answers: from 7 days before the end of access, and after it.',
  access: { action: 'access-request.extend' },
  params,
  /** Answers that are left out are those of the earlier request; agreements are accepted again. */
  body: z.object({ form: formInput.optional() }),
  responses: { 201: accessRequest },
});
