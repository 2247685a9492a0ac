import { z } from 'zod';
import { domainPermission, durationUnit } from './enums.ts';
import { durationAmount, line, text } from './text.ts';

/** Who may fill a slot of a review. Sources are stored; the people behind them are resolved when read. */
export const reviewer = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('USER'), id: line(255), displayName: z.string().max(255).optional() }),
    z.object({
      type: z.literal('GROUP'),
      id: z.int().optional(),
      iamId: z.string().max(255).optional(),
      name: line(255),
    }),
    z.object({ type: z.literal('PERMISSION'), permission: z.enum(['GOVERNANCE', 'USER_ADMIN', 'AUDIT']) }),
    z.object({
      type: z.literal('DOMAIN PERMISSION'),
      permission: domainPermission.exclude(['Manage Tags']),
      domainId: line(255).optional(),
    }),
    z.object({ type: z.literal('ATTRIBUTE'), key: line(255), value: line(255) }),
    z.object({ type: z.literal('CATALOG PERMISSION') }),
  ])
  .meta({ id: 'Reviewer' });
export type Reviewer = z.infer<typeof reviewer>;

/** One stage: `any` asks for one determination, `all` for one per source. */
export const stage = z
  .union([z.object({ all: z.array(reviewer).min(1).max(50) }), z.object({ any: z.array(reviewer).min(1).max(50) })])
  .meta({ id: 'Stage' });
export type Stage = z.infer<typeof stage>;

/** That a period is possible and has both members is for `core/review` to say, on save. */
export const approveEvent = z.object({
  type: z.literal('approve'),
  params: z.strictObject({
    comment: text(4_000, 0).optional(),
    duration: durationAmount.optional(),
    durationUnit: durationUnit.optional(),
  }),
});
export const denyEvent = z.object({
  type: z.literal('deny'),
  params: z.object({ comment: text(4_000, 0).optional() }),
});
export const reviewEvent = z.object({
  type: z.literal('review'),
  params: z.object({ stages: z.array(stage).max(20) }),
});
export const delegateEvent = z.object({ type: z.literal('dataProductPolicy') });

/** What a flow may end in. */
export const flowEvent = z
  .discriminatedUnion('type', [approveEvent, denyEvent, reviewEvent, delegateEvent])
  .meta({ id: 'FlowEvent' });
export type FlowEvent = z.infer<typeof flowEvent>;

/** What conditions may ask about. `answers` and `userAttributes` take a `path`: `$.<id of the question>`, `$.<attribute>`. */
export const flowFact = z.enum([
  'requestType',
  'answers',
  'duration',
  'userGroups',
  'userAttributes',
  'targetTags',
  'columnTags',
  'columnCount',
  'onBehalf',
  'risk',
]);
export type FlowFact = z.infer<typeof flowFact>;

/** How conditions compare, as json-rules-engine names it. */
export const flowOperator = z.enum([
  'equal',
  'notEqual',
  'in',
  'notIn',
  'contains',
  'doesNotContain',
  'lessThan',
  'lessThanInclusive',
  'greaterThan',
  'greaterThanInclusive',
]);
export type FlowOperator = z.infer<typeof flowOperator>;

const condition = z.record(z.string(), z.unknown());
/** The shape of json-rules-engine; facts and operators are checked by `core/review` on save. */
export const conditions = z
  .union([
    z.strictObject({ all: z.array(condition).max(100) }),
    z.strictObject({ any: z.array(condition).max(100) }),
    z.strictObject({ not: condition }),
  ])
  .meta({ id: 'Conditions' });
export type Conditions = z.infer<typeof conditions>;

const rules = z.array(z.object({ conditions, event: flowEvent })).max(100);

/** The flow of a request form. */
export const formFlow = z
  .object({ version: z.string().max(64).optional(), rules, defaultEvent: flowEvent })
  .meta({ id: 'FormFlow' });
export type FormFlow = z.infer<typeof formFlow>;

/** The flow of a target (product or asset); it cannot delegate further, nor deny by default. */
export const targetFlow = z
  .object({
    version: z.string().max(64).optional(),
    rules,
    defaultEvent: z.discriminatedUnion('type', [approveEvent, reviewEvent]),
  })
  .meta({ id: 'TargetFlow' });
export type TargetFlow = z.infer<typeof targetFlow>;
