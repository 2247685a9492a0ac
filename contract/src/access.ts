import { z } from 'zod';
import { identityState, sourceAccess, technology } from './enums.ts';
import { operation } from './operation.ts';
import { personName } from './person.ts';
import { circumstance } from './policy.ts';
import { proof } from './provisioning.ts';
import { cuid, instant, numericIdText, text, uuid } from './text.ts';

/** One fact that gives the access, or would. */
export const accessCause = z.object({
  kind: z.enum(['request', 'policy', 'attribute', 'container_role', 'native_grant', 'proof']),
  /** The cause in words. */
  label: z.string(),
  /** Whether it gives access now; else `reason` says why not. */
  gives: z.boolean(),
  reason: z.string().nullable(),
  requestId: cuid.optional(),
  policyId: uuid.optional(),
  target: z
    .object({ id: uuid, type: z.enum(['DATA_PRODUCT', 'DATA_OBJECT']), name: z.string(), slug: z.string().optional() })
    .optional(),
  since: instant.optional(),
  until: instant.optional(),
});
export type AccessCause = z.infer<typeof accessCause>;

/** A condition that everybody must pass, whatever was approved. */
export const accessGuardrail = z.object({ name: z.string(), passes: z.boolean(), reason: z.string() });
export type AccessGuardrail = z.infer<typeof accessGuardrail>;

/** What one call of a condition came to. */
const callTruth = z.object({ call: z.string(), value: z.boolean(), because: z.string() });

/** One policy that acts on the source, and what it makes of the person, call by call. */
export const explainedPolicy = z.object({
  policyId: uuid,
  policyKey: z.string(),
  name: z.string(),
  kind: z.enum(['grant', 'guardrail']),
  matchedCircumstance: circumstance,
  result: z.boolean(),
  /** Another grant without a condition acts on the source as well, so neither gives anything. */
  isInConflict: z.boolean(),
  /** Of a grant that gives nothing here yet: an owner has not signed it, or has switched it off. */
  idle: z.enum(['waiting', 'off']).nullable().optional(),
  truth: z.array(callTruth),
});

/** A step from the person to the object; for somebody without access, the shortest legal way in. */
export const accessStep = z.object({
  kind: z.enum(['user', 'identity', 'container', 'object', 'request', 'ask']),
  name: z.string(),
  holds: z.boolean(),
  text: z.string().optional(),
  /** Whom to ask. */
  people: z.array(personName).optional(),
  dataProductId: uuid.optional(),
  assetId: uuid.optional(),
});
export type AccessStep = z.infer<typeof accessStep>;

/** Why somebody sees a masked column in clear. */
export const exemptBy = z.discriminatedUnion('kind', [
  /** The mask's own policy excepts them, or means others alone. */
  z.object({ kind: z.literal('policy'), condition: z.string() }),
  z.object({ kind: z.literal('reveal'), condition: z.string() }),
  z.object({ kind: z.literal('exception'), requestId: cuid, until: instant.nullable() }),
]);
export type ExemptBy = z.infer<typeof exemptBy>;

/** What somebody is shown of one column of a source, and why. */
export const explainedColumn = z.object({
  name: z.string(),
  nativeType: z.string(),
  /** `partly`: masked in some rows only; `withheld`: not in the view at all. */
  shown: z.enum(['clear', 'masked', 'partly', 'withheld']),
  /** The mask that wins on the column, whoever reads; null where there is none. */
  maskingType: z.string().nullable(),
  /** What stands in the place of the value for this person; null where they see it. */
  shownAs: z.string().nullable(),
  policyId: uuid.nullable(),
  policyKey: z.string().nullable(),
  policyName: z.string().nullable(),
  matchedTag: z.string().nullable(),
  /** Keys of the policies that lost against this one. */
  outranked: z.array(z.string()),
  exempt: z.boolean(),
  exemptBy: exemptBy.nullable(),
  /** The mask that the chosen one became, since the type cannot bear it, and why. */
  degradedTo: z.string().nullable(),
  degradedWhy: z.string().nullable(),
  /** Of a cell mask: the rows that are masked, in this person's own values. */
  where: z.string().nullable(),
  isLiftable: z.boolean(),
  /** No policy asks for the mask any more: the view goes on with it, and with whom it excepts, until the checks of the connection pass. */
  isHeld: z.boolean(),
  truth: z.array(callTruth),
  /** For a masked column: the one next step, and whom to ask. */
  next: accessStep.nullable(),
  /** With `column`, for those who may know of others: everybody whom the mask exempts. */
  clearFor: z
    .object({ total: z.int(), people: z.array(personName.extend({ exemptBy })) })
    .nullable()
    .optional(),
});
export type ExplainedColumn = z.infer<typeof explainedColumn>;

/** A row rule on the source, as it comes out for the person. */
export const explainedRow = z.object({
  policyId: uuid,
  policyKey: z.string(),
  policyName: z.string(),
  keeps: z.enum(['all', 'some', 'none']),
  /** In the person's own values: `org = 'A'`. */
  predicate: z.string(),
  truth: z.array(callTruth),
});
export type ExplainedRow = z.infer<typeof explainedRow>;

/** Why somebody may read a source, or why not. */
export const accessExplanation = z
  .object({
    effective: sourceAccess,
    causes: z.array(accessCause),
    guardrails: z.array(accessGuardrail),
    /** Subscription policies that act on the source. */
    policies: z.array(explainedPolicy).optional(),
    /** How they are joined: `(approvals OR p1) AND g1`. */
    formula: z.string().nullable().optional(),
    path: z.array(accessStep),
    /** What the person is shown of each column; with `column`, of that one. */
    columns: z.array(explainedColumn).optional(),
    /** The rules that decide which rows they are shown. All of them have to let a row pass. */
    rows: z.array(explainedRow).optional(),
    user: personName.optional(),
    source: z
      .object({
        dataSourceId: z.int(),
        name: z.string(),
        connectionKey: z.string(),
        technology,
        objectPath: z.array(z.string()),
        /** What it is read at: itself, or the view before it; null while a data policy keeps it closed. */
        exposedPath: z.array(z.string()).nullable(),
      })
      .optional(),
    identity: z.object({ externalName: z.string(), state: identityState }).nullable().optional(),
    /** For a "no": the one next step. */
    next: z.string().optional(),
    /** Ways around our containers that the platform shows. */
    bypass: z.array(z.string()).optional(),
    /** What the platform said last. */
    proof: proof.nullable().optional(),
  })
  .meta({ id: 'AccessExplanation' });
export type AccessExplanation = z.infer<typeof accessExplanation>;

export const explainAccess = operation({
  id: 'explainAccess',
  method: 'GET',
  path: '/api/access/explain',
  summary: 'Why somebody may read a data source, or why not.',
  access: { action: 'access.explain' },
  query: z.object({ user: uuid, sourceId: numericIdText, column: text(255).optional() }),
  responses: { 200: accessExplanation },
});
