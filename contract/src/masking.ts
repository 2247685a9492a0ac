import { z } from 'zod';
import { line, text } from './text.ts';

/** A tag as a dot path; a literal dot inside a segment is written `\.` (governance.md 4). */
export const tagPath = line(1_000);
/** The text of a condition or predicate (governance.md 9 and 10): its own limit of 10,000 characters is the parser's. */
export const conditionText = text(20_000);
/** A pattern in RE2's portable subset. */
export const patternText = text(1_000);

/** What stands in a constant mask; checked by a cast on the platform. */
export const constantValue = z.union([z.string().max(4_000), z.number(), z.boolean()]);

/** The units a date or timestamp is truncated to, in UTC; weeks begin on Monday. */
export const roundingUnit = z.enum(['hour', 'day', 'week', 'month', 'quarter', 'year']);
export type RoundingUnit = z.infer<typeof roundingUnit>;

const maskings = {
  null: z.object({ maskingType: z.literal('null') }),
  constant: z.object({ maskingType: z.literal('constant'), value: constantValue }),
  regex: z.object({
    maskingType: z.literal('regex'),
    pattern: patternText,
    /** May hold the groups `$1` to `$9`. */
    replacement: text(1_000, 0),
    global: z.boolean().default(true),
    caseInsensitive: z.boolean().default(false),
    /** A value that the pattern does not match; `null`, so that odd values never pass in clear. */
    onNoMatch: z.enum(['null', 'keep']).default('null'),
  }),
  hash: z.object({ maskingType: z.literal('hash') }),
  /** `bucket` for numbers, `unit` for dates and timestamps; a policy by tag may meet both. */
  rounding: z.object({
    maskingType: z.literal('rounding'),
    bucket: z.number().positive().optional(),
    unit: roundingUnit.optional(),
  }),
  /** SQL of the platform; `@column` is the value. It runs with the rights of the policy's owner. */
  custom: z.object({ maskingType: z.literal('custom'), expression: text(4_000) }),
  reversible: z.object({ maskingType: z.literal('reversible') }),
  formatPreserving: z.object({ maskingType: z.literal('formatPreserving') }),
  randomizedResponse: z.object({ maskingType: z.literal('randomizedResponse') }),
};

/** One way to mask a value (governance.md 10). The last three are modelled and not offered yet. */
export const masking = z.discriminatedUnion('maskingType', [
  maskings.null,
  maskings.constant,
  maskings.regex,
  maskings.hash,
  maskings.rounding,
  maskings.custom,
  maskings.reversible,
  maskings.formatPreserving,
  maskings.randomizedResponse,
]);
export type Masking = z.infer<typeof masking>;
export type MaskingType = Masking['maskingType'];

/** Masks that are modelled and come with a later release. */
export const laterMaskingTypes = ['reversible', 'formatPreserving', 'randomizedResponse'] as const;

/** Which columns of a matching data source a data policy acts on. Child tags are included. */
export const maskTarget = z.discriminatedUnion('columns', [
  z.object({ columns: z.literal('tagged'), tag: tagPath }),
  z.object({ columns: z.literal('anyTag') }),
  z.object({ columns: z.literal('noTags') }),
  z.object({ columns: z.literal('all') }),
  z.object({ columns: z.literal('nameRegex'), regex: patternText, caseInsensitive: z.boolean().default(false) }),
]);
export type MaskTarget = z.infer<typeof maskTarget>;

/** What happens on a source that lacks a tag of `@columnTagged('t')`: the rule is left out there, or gives no rows. */
export const ifTagMissing = z.enum(['skip', 'deny']);
export type IfTagMissing = z.infer<typeof ifTagMissing>;

/** A predicate per row (governance.md 10). `minimize` is modelled and not offered yet. */
export const rowRule = z.discriminatedUnion('kind', [
  /** Keeps a row when the user's group, or a value of the named attribute, equals the tagged column. */
  z.object({
    kind: z.literal('match'),
    by: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('group') }),
      z.object({ kind: z.literal('attribute'), name: line(255) }),
    ]),
    columnTag: tagPath,
    ifTagMissing,
  }),
  z.object({ kind: z.literal('where'), predicate: conditionText, ifTagMissing: ifTagMissing.optional() }),
  z.object({
    kind: z.literal('time'),
    columnTag: tagPath,
    keep: z.enum(['newerThan', 'olderThan']),
    amount: z.int().min(1).max(100_000),
    unit: z.enum(['hours', 'days', 'months']),
    ifTagMissing,
  }),
  z.object({
    kind: z.literal('minimize'),
    columnTag: tagPath,
    percent: z.int().min(1).max(99),
    ifTagMissing,
  }),
]);
export type RowRule = z.infer<typeof rowRule>;

/** What a data policy does. `where`: a cell mask, which masks only the rows in which the predicate is true or NULL. */
export const dataAction = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('mask'),
    masking,
    target: maskTarget,
    where: conditionText.optional(),
    ifTagMissing: ifTagMissing.optional(),
  }),
  /** Adds exemptions to the masks of its columns. */
  z.object({ kind: z.literal('reveal'), target: maskTarget }),
  z.object({ kind: z.literal('row'), row: rowRule }),
]);
export type DataAction = z.infer<typeof dataAction>;

/** Whom a data policy meets. `otherwise`: what the others get; such a mask cannot be lifted by an exception. */
export const dataWho = z.discriminatedUnion('for', [
  z.object({ for: z.literal('everyone') }),
  z.object({ for: z.literal('everyoneExcept'), condition: conditionText }),
  z.object({
    for: z.literal('everyoneWho'),
    condition: conditionText,
    otherwise: z.union([masking, z.enum(['deny', 'none'])]),
  }),
]);
export type DataWho = z.infer<typeof dataWho>;
