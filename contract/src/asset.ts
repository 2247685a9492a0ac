import { z } from 'zod';
import { accessRequest, accessRequestPreview, createAccessRequestBody, requestedColumns } from './access-request.ts';
import { recentDeterminations } from './approval-record.ts';
import { nameFilter } from './asset-link.ts';
import { assetMetadata } from './asset-metadata.ts';
import { accessState, productStats } from './data-product.ts';
import { accessStatus, assetType, requestType, technology } from './enums.ts';
import { futureObjects } from './future-objects.ts';
import { operation } from './operation.ts';
import { abilities, subjectMatterExpert } from './person.ts';
import { requestForm } from './request-form.ts';
import { targetFlow } from './review-flow.ts';
import { connectionKeyPath, cuid, cuidOrUuid, description, instant, line, text, uuid } from './text.ts';

const shared = {
  id: cuidOrUuid,
  name: z.string().min(1),
  dagTagId: z.int().nullable().optional(),
  requestId: cuid.optional(),
  status: accessStatus.optional(),
};

/** A data product in the clothes of an asset. */
export const productAsset = z
  .object({
    ...shared,
    type: z.literal('DATA_PRODUCT'),
    createdAt: instant,
    updatedAt: instant,
    description: z.string().nullable().optional(),
    domains: z.array(uuid).min(1),
    subjectMatterExperts: z.array(subjectMatterExpert).optional(),
    suspended: z.boolean().optional(),
    createdBy: uuid,
    expiration: instant.nullable().optional(),
    stats: productStats.extend({ expiredRequestCount: z.int() }).optional(),
    dataAccessPolicy: targetFlow,
    maskingExceptionPolicy: targetFlow,
  })
  .meta({ id: 'ProductAsset' });

/** Ours: what a governor set on an asset itself; null where it inherits. */
export const assetOverrides = z.object({
  description: z.string().nullable(),
  subjectMatterExperts: z.array(subjectMatterExpert).nullable(),
  dataAccessRequestFormId: cuidOrUuid.nullable(),
  maskingExceptionRequestFormId: cuidOrUuid.nullable(),
  dataAccessReviewFlow: targetFlow.nullable(),
  maskingExceptionReviewFlow: targetFlow.nullable(),
});
export type AssetOverrides = z.infer<typeof assetOverrides>;

/** The requestable face of a data object. */
export const objectAsset = z
  .object({
    ...shared,
    type: z.literal('DATA_OBJECT'),
    createdAt: instant.optional(),
    updatedAt: instant.optional(),
    metadata: assetMetadata,
    /** False when no crawl has found it yet. */
    registered: z.boolean().optional(),
    stats: z.object({ dataSourceCount: z.int() }).optional(),
    // Ours from here on.
    connectionKey: connectionKeyPath.optional(),
    /** What the platform says of it; shown as the description where nobody wrote one. */
    comment: z.string().nullable().optional(),
    /** The objects above it, the root first. */
    ancestors: z.array(z.object({ id: uuid, name: z.string(), legacyType: z.string() })).optional(),
    childCount: z.int().min(0).optional(),
    /** Since when crawls no longer find it. */
    missingSince: instant.nullable().optional(),
    expiration: instant.nullable().optional(),
    accessState: accessState.optional(),
    accessReason: z.string().optional(),
    /** Live access of the caller that comes by another target: an asset above it, or a data product that holds it. */
    accessThrough: z
      .array(
        z.object({
          type: assetType,
          id: uuid,
          name: z.string(),
          requestId: cuid,
          expiration: instant.nullable(),
        }),
      )
      .optional(),
    overrides: assetOverrides.optional(),
    /** Of a schema or a database: what holds for objects that are made below it later. Of one asset, not in lists. */
    futureObjects: futureObjects.optional(),
    /** The forms to fill in for an asset that is not registered yet: no other operation knows its id. */
    requestForms: z.array(requestForm.extend({ requestType })).optional(),
    abilities: abilities.optional(),
  })
  .meta({ id: 'ObjectAsset' });
export type ObjectAsset = z.infer<typeof objectAsset>;

export const asset = z.discriminatedUnion('type', [productAsset, objectAsset]).meta({ id: 'Asset' });
export type Asset = z.infer<typeof asset>;

/** Shown as a link, so that it must lead to a web page and nowhere else. */
const webAddress = z
  .url({ protocol: /^https?$/, error: 'is no http or https address' })
  .max(2_000)
  .regex(/^[^\s\p{Cc}\p{Cs}]*$/u, 'holds a space or a control character');
const editableMetadata = z.object({
  subjectMatterExperts: z
    .array(z.object({ id: uuid }))
    .max(50)
    .optional(),
  objectPath: z.array(line(255)).max(10).optional(),
  technology: technology.optional(),
  legacyType: line(64).optional(),
  dataSourceId: z.int().optional(),
  description: description.nullable().optional(),
  externalLink: webAddress.nullable().optional(),
});
const formIds = {
  dataAccessRequestFormId: cuidOrUuid.nullable().optional(),
  maskingExceptionRequestFormId: cuidOrUuid.nullable().optional(),
  dataAccessReviewFlow: targetFlow.nullable().optional(),
  maskingExceptionReviewFlow: targetFlow.nullable().optional(),
};
const productEdit = {
  type: z.literal('DATA_PRODUCT'),
  name: z.string().min(1).max(255),
  description: description.nullable().optional(),
  subjectMatterExperts: z
    .array(z.object({ id: uuid }))
    .max(50)
    .optional(),
  dataAccessRequestFormId: cuidOrUuid,
  maskingExceptionRequestFormId: cuidOrUuid,
  dataAccessReviewFlow: targetFlow.optional(),
  maskingExceptionReviewFlow: targetFlow.optional(),
  suspended: z.boolean().optional(),
};

/** Absent form and flow members inherit, as null does. */
export const updateAssetBody = z.discriminatedUnion('type', [
  z.strictObject(productEdit),
  z.object({ type: z.literal('DATA_OBJECT'), metadata: editableMetadata, ...formIds }),
]);
export type UpdateAssetBody = z.infer<typeof updateAssetBody>;

/** Absent members stay; null inherits. */
export const patchAssetBody = z.discriminatedUnion('type', [
  z.object(productEdit).partial().required({ type: true }),
  z.object({ type: z.literal('DATA_OBJECT'), metadata: editableMetadata.optional(), ...formIds }),
]);
export type PatchAssetBody = z.infer<typeof patchAssetBody>;

/** For an asset that no crawl has found: its metadata must normalise to the id in the path. */
const unregistered = z.strictObject({
  type: z.literal('DATA_OBJECT'),
  metadata: editableMetadata.extend({ host: line(255).optional(), port: z.int().min(1).max(65_535).optional() }),
  dataAccessRequestFormId: cuidOrUuid.optional(),
  maskingExceptionRequestFormId: cuidOrUuid.optional(),
  dataAccessReviewFlow: targetFlow.optional(),
  maskingExceptionReviewFlow: targetFlow.optional(),
});
const assetRequest = createAccessRequestBody.extend({ asset: unregistered.optional() });
export const requestAssetBody = z.discriminatedUnion('requestType', [
  assetRequest.extend({ requestType: z.literal('DATA_ACCESS') }),
  assetRequest.extend({ requestType: z.literal('MASKING_EXCEPTION'), columns: requestedColumns }),
]);
export type RequestAssetBody = z.infer<typeof requestAssetBody>;
/** What a request says of an object that no crawl has found. */
export type UnregisteredAsset = z.infer<typeof unregistered>;

const inheritedFrom = objectAsset.omit({ abilities: true, overrides: true, requestForms: true });
/** The form of a target for one request type; `inheritedFrom` names the asset that gives it. */
export const targetRequestForm = requestForm
  .extend({ requestType, inheritedFrom: inheritedFrom.optional() })
  .meta({ id: 'TargetRequestForm' });
export type TargetRequestForm = z.infer<typeof targetRequestForm>;

/** `isActive`: ours; false where the form decides by its own flow, so that this one is stored and not asked. */
const inheritedFlow = targetFlow.extend({ inheritedFrom: asset.optional(), isActive: z.boolean().optional() });

const params = z.object({ id: uuid });

export const getDataProductRequestForms = operation({
  id: 'getRequestForms',
  method: 'GET',
  path: '/api/data-product/{id}/request-forms',
  summary: 'The forms to fill in to ask for a product, one per request type.',
  access: { action: 'data-product.read' },
  published: 19,
  params,
  responses: { 200: z.array(targetRequestForm) },
});

export const getAssetByMetadata = operation({
  id: 'getAssetByMetadata',
  method: 'GET',
  path: '/api/asset/byMetadata',
  summary: 'The asset that a name means; `registered` is false when no crawl has found it.',
  access: { action: 'asset.read' },
  published: 54,
  query: z.object({ fullyQualifiedName: line(2_000), ...nameFilter }),
  responses: { 200: asset },
});

export const getAssetById = operation({
  id: 'getAssetById',
  method: 'GET',
  path: '/api/asset/{id}',
  summary: 'One asset, or a data product as an asset.',
  access: { action: 'asset.read' },
  published: 55,
  params,
  responses: { 200: asset },
  unedited: [
    'status',
    'requestId',
    'expiration',
    'accessState',
    'accessReason',
    'accessThrough',
    'stats',
    'childCount',
    'futureObjects',
    'abilities',
  ],
});

export const updateAsset = operation({
  id: 'updateAsset',
  method: 'PUT',
  path: '/api/asset/{id}',
  summary: 'Sets forms, flows and description of an asset; what is left out is inherited.',
  access: { action: 'asset.edit' },
  published: 56,
  params,
  body: updateAssetBody,
  responses: { 200: asset },
});

export const patchAsset = operation({
  id: 'patchAsset',
  method: 'PATCH',
  path: '/api/asset/{id}',
  summary: 'Changes single members of an asset; null inherits.',
  access: { action: 'asset.edit' },
  published: 57,
  params,
  body: patchAssetBody,
  responses: { 200: asset },
});

export const getAssetRequestForms = operation({
  id: 'getAssetRequestForms',
  method: 'GET',
  path: '/api/asset/{id}/request-forms',
  summary: 'The forms to fill in to ask for an asset.',
  access: { action: 'asset.read' },
  published: 58,
  params,
  responses: {
    200: z.object({ dataAccessForm: targetRequestForm, maskingExceptionForm: targetRequestForm.optional() }),
  },
});

export const getAssetReviewFlows = operation({
  id: 'getAssetReviewFlows',
  method: 'GET',
  path: '/api/asset/{id}/review-flows',
  summary: 'Who decides requests for an asset.',
  access: { action: 'asset.read' },
  published: 59,
  params,
  responses: {
    200: z.object({ dataAccessReviewFlow: inheritedFlow, maskingExceptionReviewFlow: inheritedFlow.optional() }),
  },
});

export const requestAsset = operation({
  id: 'requestAsset',
  method: 'POST',
  path: '/api/asset/{id}/request',
  summary: 'Asks for access to an asset.',
  access: { action: 'access-request.create' },
  published: 60,
  params,
  body: requestAssetBody,
  responses: { 201: accessRequest },
});

export const previewAssetRequest = operation({
  id: 'previewAssetRequest',
  method: 'POST',
  path: '/api/asset/{id}/request/preview',
  summary: 'Who would decide a request for an asset, and how it would end; writes nothing.',
  access: { action: 'access-request.create' },
  params,
  body: requestAssetBody,
  responses: { 200: accessRequestPreview },
});

export const revokeAssetRequest = operation({
  id: 'revokeAssetRequest',
  method: 'DELETE',
  path: '/api/asset/{id}/request/{requestId}',
  summary: 'Takes approved access to an asset away, or gives it back.',
  access: { action: 'access-request.revoke' },
  published: 61,
  params: z.object({ id: uuid, requestId: cuid }),
  query: z.object({ reason: text(4_000, 0).optional() }),
  responses: { 204: null },
});

export const getRecentAssetDeterminations = operation({
  id: 'RecentAssetDeterminations',
  method: 'GET',
  path: '/api/asset/{id}/recent-determinations',
  summary: 'The five latest decisions on an asset.',
  access: { action: 'access-request.assess' },
  published: 62,
  params,
  query: z.object({ type: requestType.default('DATA_ACCESS') }),
  responses: { 200: recentDeterminations },
});
