import { z } from 'zod';
import { operation } from './operation.ts';
import { cuidOrUuid, description, instant, searchText, sourceId, text, uuid } from './text.ts';

/** How long a draft is kept after it was last saved. */
export const productDraftDays = 90;
/** So many drafts one person has at once; one more is refused, since none of the others may be lost. */
export const productDraftsAtMost = 50;
/** What one draft weighs at most, as JSON. */
export const productDraftBytes = 200 * 1024;

const named = z.object({ id: uuid, name: text(255, 0) });
const asking = z.object({
  /** Null for the standard form. */
  formId: cuidOrUuid.nullable(),
  /** Who decides, as far as it is written. */
  flow: z.record(z.string(), z.unknown()).nullable(),
});

/** A data product as far as it is written. Nothing in it is judged before it is published or saved. */
export const productWriting = z
  .object({
    name: text(255, 0),
    description,
    domains: z.array(uuid).max(50),
    dataSources: z.array(sourceId).max(100_000),
    subjectMatterExpert: named.nullable(),
    asking: z.object({ DATA_ACCESS: asking, MASKING_EXCEPTION: asking }),
    /** Masking exceptions are asked and decided as data access is. */
    masksAlike: z.boolean(),
    owners: z.array(named).max(100),
  })
  .meta({ id: 'ProductWriting' });
export type ProductWriting = z.infer<typeof productWriting>;

export const productDraft = z
  .object({
    writing: productWriting,
    /** For the change of a product: what was saved when it was begun. */
    begun: z.object({ from: productWriting, updatedAt: instant }).optional(),
  })
  .meta({ id: 'ProductDraft' });
export type ProductDraft = z.infer<typeof productDraft>;

/** How the product that a draft changes stands now: as it was when the draft was begun, changed since, or deleted. */
export const draftedProduct = z.enum(['SAME', 'CHANGED', 'GONE']);
export type DraftedProduct = z.infer<typeof draftedProduct>;

const kept = { savedAt: instant, keptUntil: instant };

/** Null throughout when there is none. */
export const storedProductDraft = z.object({
  draft: productDraft.nullable(),
  savedAt: instant.nullable(),
  keptUntil: instant.nullable(),
  /** Null for a product that is new. */
  product: draftedProduct.nullable(),
});
export type StoredProductDraft = z.infer<typeof storedProductDraft>;

export const listedProductDraft = z
  .object({
    /** The product's own id for the change of one; else the id that the product will have. */
    id: uuid,
    name: z.string(),
    ...kept,
    product: draftedProduct.nullable(),
  })
  .meta({ id: 'ListedProductDraft' });
export type ListedProductDraft = z.infer<typeof listedProductDraft>;

const params = z.object({ id: uuid });

export const listProductDrafts = operation({
  id: 'listProductDrafts',
  method: 'GET',
  path: '/api/product-draft',
  summary: "The caller's own drafts of data products, the one saved last first. There are 50 at most.",
  access: { action: 'account.self' },
  query: z.object({ q: searchText.optional() }),
  responses: { 200: z.object({ data: z.array(listedProductDraft) }) },
});

export const readProductDraft = operation({
  id: 'readProductDraft',
  method: 'GET',
  path: '/api/product-draft/{id}',
  summary: "The caller's own draft of a data product, or of the change of one; null when there is none.",
  access: { action: 'account.self' },
  params,
  responses: { 200: storedProductDraft },
  unedited: ['savedAt', 'keptUntil', 'product'],
});

export const saveProductDraft = operation({
  id: 'saveProductDraft',
  method: 'PUT',
  path: '/api/product-draft/{id}',
  summary:
    'Keeps what is written of a data product for 90 days, for the caller alone. Publishing it under the same id ends the draft.',
  access: { action: 'data-product.create' },
  params,
  body: productDraft,
  responses: { 200: storedProductDraft },
});

export const deleteProductDraft = operation({
  id: 'deleteProductDraft',
  method: 'DELETE',
  path: '/api/product-draft/{id}',
  summary: "Throws a draft of the caller's own away.",
  access: { action: 'account.self' },
  params,
  responses: { 204: null },
});

/** What is written of data products and not published yet: each person's own. */
export const productDraftOperations = {
  listProductDrafts,
  readProductDraft,
  saveProductDraft,
  deleteProductDraft,
} as const;
