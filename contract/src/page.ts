import { z } from 'zod';
import { numericIdText, text } from './text.ts';

/** The largest page of offset lists; larger ones are cut into several calls. */
export const largestPage = 1_000;

export const offsetMeta = z
  .object({
    offset: z.int().min(0),
    limit: z.int().min(1),
    totalCount: z.int().min(0),
    pageCount: z.int().min(0),
    currentPage: z.int().min(0),
    totalPages: z.int().min(0),
  })
  .meta({ id: 'OffsetMeta' });
export type OffsetMeta = z.infer<typeof offsetMeta>;

export const cursorMeta = z.object({
  nextToken: z.string().nullable(),
  limit: z.int().min(1).max(100),
});
export type CursorMeta = z.infer<typeof cursorMeta>;

/** A page by offset: `{data, meta}`. */
export const offsetPage = <T extends z.ZodType>(item: T) => z.object({ data: z.array(item), meta: offsetMeta });
/** A page by cursor: `{data, meta{nextToken|null, limit}}`. */
export const cursorPage = <T extends z.ZodType>(item: T) => z.object({ data: z.array(item), meta: cursorMeta });

/**
 * Counts of an offset page. `pageCount` is the number of rows on this page, `currentPage` starts at 1.
 * @param total rows of the whole list
 * @param rows rows of this page
 */
export const offsetMetaOf = (page: { offset: number; limit: number }, total: number, rows: number): OffsetMeta => ({
  offset: page.offset,
  limit: page.limit,
  totalCount: total,
  pageCount: rows,
  currentPage: Math.floor(page.offset / page.limit) + 1,
  totalPages: Math.ceil(total / page.limit),
});

/** A whole number of a query, where it arrives as text. */
export const queryInteger = (min: number, max: number) =>
  z
    .union([z.number(), z.string().regex(/^-?[0-9]{1,15}$/, 'is not a whole number')])
    .transform(Number)
    .pipe(z.int().min(min).max(max));

/** A boolean of a query: `true` or `false`. */
export const queryBoolean = z
  .union([z.boolean(), z.enum(['true', 'false'])])
  .transform((v) => v === true || v === 'true')
  .pipe(z.boolean());

/** A filter that may be repeated: `status=A&status=B` arrives as text or as a list. */
export const queryList = <T extends string>(item: z.ZodType<T, T>) =>
  z
    .union([z.array(item).max(200), item])
    .transform((v) => (Array.isArray(v) ? v : [v]))
    .pipe(z.array(item));

/** A repeated filter of numeric ids. */
export const queryIds = z
  .union([z.array(numericIdText).max(500), numericIdText])
  .transform((v) => (Array.isArray(v) ? v : [v]))
  .pipe(z.array(z.int()));

/** A repeated filter of free text. */
export const queryTexts = queryList(text(255));

export const sortOrder = z.enum(['asc', 'desc']);

/** `offset` and `limit` of a query. */
export const offsetQuery = {
  offset: queryInteger(0, 10_000_000).default(0),
  limit: queryInteger(1, largestPage).default(10),
};
/** `nextToken` and `limit` of a query. */
export const cursorQuery = {
  nextToken: text(2_000).optional(),
  limit: queryInteger(1, 100).default(10),
};
