import { z } from 'zod';
import { channelTest } from './email.ts';
import { operation } from './operation.ts';
import { taskAnswer } from './task.ts';
import { instant, line, text, uuid } from './text.ts';

/** What can be wrong with the chain; docs/audit.md says what each means. */
export const auditFindingKind = z.enum([
  'edited',
  'deleted',
  'inserted',
  'swapped',
  'truncated',
  'rewritten',
  'checkpoint',
]);
const auditFinding = z.object({
  kind: auditFindingKind,
  /** Its place in the chain; null: it has none. */
  seq: z.int().nullable(),
  /** The last place, when there is more than one. */
  through: z.int().optional(),
  eventId: z.string().optional(),
  detail: z.string(),
});
export type AuditFinding = z.infer<typeof auditFinding>;

const checkpointInShort = z.object({ number: z.int(), seq: z.int(), time: instant });

/** What a verification of the whole chain found. */
export const auditVerification = z
  .object({
    id: uuid,
    startedAt: instant,
    finishedAt: instant,
    /** `UNCHECKED`: nothing wrong was seen, but something could not be looked at. */
    outcome: z.enum(['INTACT', 'BROKEN', 'UNCHECKED']),
    sealed: z.int(),
    events: z.int(),
    milliseconds: z.int(),
    findingCount: z.int(),
    /** The earliest of them. */
    findings: z.array(auditFinding),
    unchecked: z.array(z.string()),
    checkpointCount: z.int(),
    lastCheckpoint: checkpointInShort.nullable(),
    /** The last that was read from outside of the database. */
    lastOutside: checkpointInShort.nullable(),
  })
  .meta({ id: 'AuditVerification' });
export type AuditVerification = z.infer<typeof auditVerification>;

export const auditSinkKind = z.enum(['file', 's3']);
export type AuditSinkKind = z.infer<typeof auditSinkKind>;

/** The file of each host for itself: one that goes on says nothing of another. */
const sinkState = z.object({
  kind: auditSinkKind,
  /** Where the file lies; null: a bucket, or no server has looked at its file yet. */
  host: z.string().nullable(),
  enabled: z.boolean(),
  /** Where checkpoints go, in words; null: nowhere yet. */
  place: z.string().nullable(),
  exportedNumber: z.int(),
  exportedAt: instant.nullable(),
  /** The time of the oldest checkpoint that is not there yet. */
  behindSince: instant.nullable(),
  /** For more than five minutes. */
  isLate: z.boolean(),
  failure: z.object({ at: instant, message: z.string() }).nullable(),
});
export type AuditSinkState = z.infer<typeof sinkState>;

export const auditChain = z
  .object({
    sealed: z.int(),
    /** Events that have no place in the chain yet, and since when the oldest waits. */
    waiting: z.int(),
    waitingSince: instant.nullable(),
    checkpoint: checkpointInShort.extend({ keyId: z.string() }).nullable(),
    /** In PEM; null before the first event was sealed. */
    publicKey: z.string().nullable(),
    sinks: z.array(sinkState),
    lastVerification: auditVerification.nullable(),
    /** One that is queued or running. */
    runningTaskId: uuid.nullable(),
    /** The newest, when it failed. */
    failedTaskId: uuid.nullable(),
  })
  .meta({ id: 'AuditChain' });
export type AuditChain = z.infer<typeof auditChain>;

const access = { action: 'audit.verify' } as const;

export const getAuditChain = operation({
  id: 'getAuditChain',
  method: 'GET',
  path: '/api/audit/chain',
  summary: 'How far the audit trail is sealed, signed and exported, and what its last verification found.',
  access,
  responses: { 200: auditChain },
});

export const startAuditVerification = operation({
  id: 'startAuditVerification',
  method: 'POST',
  path: '/api/audit/verification',
  summary: 'Verifies the whole audit chain; while one runs, answers that one.',
  access,
  responses: { 202: taskAnswer },
});

/** A bucket of S3, or of whatever speaks its API. The secret key is written, never read. */
export const auditS3 = z.object({
  endpoint: z.url({ protocol: /^https?$/ }).max(500),
  region: line(100).regex(/^[a-z0-9-]+$/, 'is no region'),
  bucket: line(63).regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'is no name of a bucket'),
  prefix: line(200, 0).regex(/^[A-Za-z0-9!_.*'()/-]*$/, 'has characters that object names should not have'),
  accessKeyId: line(200),
});
export type AuditS3 = z.infer<typeof auditS3>;

export const auditS3Settings = z
  .object({ enabled: z.boolean(), hasSecret: z.boolean(), settings: auditS3.nullable() })
  .meta({ id: 'AuditS3Settings' });
export type AuditS3Settings = z.infer<typeof auditS3Settings>;

export const updateAuditS3Body = auditS3.extend({
  enabled: z.boolean(),
  /** Absent: the one that is stored, for the same key id at the same endpoint. */
  secretAccessKey: text(500, 1).optional(),
});
export type UpdateAuditS3Body = z.infer<typeof updateAuditS3Body>;

const admin = { action: 'settings.manage' } as const;

export const getAuditS3 = operation({
  id: 'getAuditS3',
  method: 'GET',
  path: '/api/audit/sink/s3',
  summary: 'The bucket that signed checkpoints of the audit trail are exported to.',
  access: admin,
  responses: { 200: auditS3Settings },
});

export const updateAuditS3 = operation({
  id: 'updateAuditS3',
  method: 'PUT',
  path: '/api/audit/sink/s3',
  summary: 'Sets the bucket that signed checkpoints of the audit trail are exported to.',
  access: admin,
  freshLogin: true,
  body: updateAuditS3Body,
  responses: { 200: auditS3Settings },
});

export const testAuditS3 = operation({
  id: 'testAuditS3',
  method: 'POST',
  path: '/api/audit/sink/s3/test',
  summary: 'Writes one object to the bucket by these settings, without storing them.',
  access: admin,
  body: updateAuditS3Body,
  responses: { 200: channelTest },
});

export const auditSinkFile = z.object({ enabled: z.boolean() });

export const updateAuditFile = operation({
  id: 'updateAuditFile',
  method: 'PUT',
  path: '/api/audit/sink/file',
  summary: 'Turns the file of signed checkpoints on or off; where it lies is set on the host.',
  access: admin,
  body: auditSinkFile,
  responses: { 200: auditSinkFile },
});

export const testAuditFile = operation({
  id: 'testAuditFile',
  method: 'POST',
  path: '/api/audit/sink/file/test',
  summary: 'Whether the file of signed checkpoints can be written on the host that answers.',
  access: admin,
  responses: { 200: channelTest },
});

export const auditChainOperations = {
  getAuditChain,
  startAuditVerification,
  getAuditS3,
  updateAuditS3,
  testAuditS3,
  updateAuditFile,
  testAuditFile,
} as const;
