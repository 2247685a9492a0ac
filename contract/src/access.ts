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
  truth: z.array(z.object({ call: z.string(), value: z.boolean(), because: z.string() })),
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
    user: personName.optional(),
    source: z
      .object({
        dataSourceId: z.int(),
        name: z.string(),
        connectionKey: z.string(),
        technology,
        objectPath: z.array(z.string()),
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
