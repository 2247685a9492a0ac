import { z } from 'zod';
import { approvalStatus, durationUnit, objectProvisioningState, requestStatus, requestType } from './enums.ts';
import { operation } from './operation.ts';
import { personName } from './person.ts';
import { getAccessRequestProvisioning, retryAccessRequestProvisioning } from './provisioning.ts';
import { cuid, instant, uuid } from './text.ts';

/** One answer about a request on one platform, from when it was first given to when it was last given without another between. */
export const proofSpan = z
  .object({
    connectionKey: z.string(),
    /** The login that was asked about; null: there was none. */
    principal: z.string().nullable(),
    result: objectProvisioningState,
    reason: z.string().nullable(),
    /** What the platform was asked; null: it was not asked, or that was not kept then. */
    probe: z.string().nullable(),
    observedAt: instant,
    lastObservedAt: instant,
    /** The audit events that say so first and last; null: none does, as of a sweep that saw the same again. */
    firstEventId: z.string().nullable(),
    lastEventId: z.string().nullable(),
  })
  .meta({ id: 'ProofSpan' });
export type ProofSpan = z.infer<typeof proofSpan>;

export const proofHistory = z
  .object({
    /** The newest first. */
    proofs: z.array(proofSpan),
    /** There are more audit events than are looked through. */
    isCut: z.boolean(),
  })
  .meta({ id: 'ProofHistory' });
export type ProofHistory = z.infer<typeof proofHistory>;

const proofDecision = z.object({
  recordId: cuid.nullable(),
  status: approvalStatus,
  /** Null: a rule of the form decided. */
  by: personName.nullable(),
  at: instant,
  reason: z.string().nullable(),
  duration: z.object({ amount: z.number(), unit: durationUnit }).nullable(),
});

const proofStatement = z.object({
  at: instant,
  connectionKey: z.string(),
  statement: z.string(),
  /** What the platform answered where it refused. */
  failure: z.string().nullable(),
  eventId: z.string(),
});
export type ProofStatement = z.infer<typeof proofStatement>;

/** Where an audit event stands in the chain. Its content is in the audit, for whoever may read it. */
const proofEvent = z.object({
  id: z.string(),
  sequence: z.int(),
  action: z.string(),
  actionStatus: z.string(),
  at: instant,
  /** In hexadecimal digits; null: it is not sealed yet. */
  seal: z.object({ seq: z.int(), digest: z.string(), previousHash: z.string(), hash: z.string() }).nullable(),
});

/** As it is exported, so that its signature can be checked with what lies in this file. */
const signedCheckpoint = z.object({
  version: z.int(),
  installation: z.string(),
  keyId: z.string(),
  number: z.int(),
  seq: z.int(),
  hash: z.string(),
  count: z.int(),
  time: z.string(),
  settled: z.string().nullable(),
  previous: z.string(),
  signature: z.string(),
});

/** All that proves a request, in one file; docs/audit.md says how it is verified. */
export const proofFile = z
  .object({
    format: z.literal('stoa-proof'),
    version: z.literal(1),
    installation: z.string(),
    madeAt: instant,
    request: z.object({
      id: cuid,
      type: requestType,
      status: requestStatus,
      target: z.object({ id: uuid, type: z.enum(['DATA_PRODUCT', 'DATA_OBJECT']), name: z.string() }),
      requester: personName,
      beneficiary: personName,
      createdAt: instant,
      decidedAt: instant.nullable(),
      expiration: instant.nullable(),
      endedAt: instant.nullable(),
      endReason: z.string().nullable(),
    }),
    decisions: z.array(proofDecision),
    statements: z.array(proofStatement),
    proofs: z.array(proofSpan),
    /** The oldest first. */
    auditEvents: z.array(proofEvent),
    /** The first checkpoint that was signed for a place behind all of them; null: there is none yet. */
    checkpoint: signedCheckpoint.nullable(),
    /** In PEM, as the database names it; compare it with the one that you keep elsewhere. */
    publicKey: z.string().nullable(),
    /** What there is more of than the file holds. */
    leftOut: z.object({ proofs: z.boolean(), statements: z.boolean(), auditEvents: z.boolean() }),
  })
  .meta({ id: 'ProofFile' });
export type ProofFile = z.infer<typeof proofFile>;

const params = z.object({ id: cuid });
const access = { action: 'access-request.inspect' } as const;

export const getAccessRequestProof = operation({
  id: 'getAccessRequestProof',
  method: 'GET',
  path: '/api/access-request/{id}/proof',
  summary: 'What the platforms answered about a request: the first proof, every other answer since, and the last.',
  access,
  params,
  responses: { 200: proofHistory },
});

export const downloadAccessRequestProof = operation({
  id: 'downloadAccessRequestProof',
  method: 'GET',
  path: '/api/access-request/{id}/proof/file',
  summary: 'Request, decisions, statements, proofs and their places in the audit chain, as one file.',
  access,
  params,
  responses: { 200: proofFile },
});

/** Where the access of a request stands, and what proves it. */
export const provisioningOperations = {
  getAccessRequestProvisioning,
  retryAccessRequestProvisioning,
  getAccessRequestProof,
  downloadAccessRequestProof,
} as const;
