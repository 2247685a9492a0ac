import { z } from 'zod';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery } from './page.ts';
import { abilities, author } from './person.ts';
import { instant, line, searchText, uuid } from './text.ts';

/** The properties of which Stoa says that they hold. */
export const invariantId = z.enum([
  'I1',
  'I2',
  'I3',
  'I4',
  'I5',
  'I6',
  'I7',
  'I8',
  'I9',
  'I10',
  'I11',
  'I12',
  'I13',
  'I14',
  'I15',
]);
export type InvariantId = z.infer<typeof invariantId>;

export const verificationStatus = z.enum(['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED']);
export type VerificationStatus = z.infer<typeof verificationStatus>;
/** `UNCHECKED`: nothing wrong was found, and something could not be looked at. */
export const verificationOutcome = z.enum(['HELD', 'VIOLATED', 'UNCHECKED']);
export type VerificationOutcome = z.infer<typeof verificationOutcome>;
/** `missing`: it should be there. `extra`: it should not. `wrong`: it is there and not as it should be. */
export const findingDirection = z.enum(['missing', 'extra', 'wrong']);
export type FindingDirection = z.infer<typeof findingDirection>;

export const verifiedInvariant = z.object({
  invariant: invariantId,
  name: z.string(),
  says: z.string(),
  /** `not asked`: nothing was given to check it with. */
  status: z.enum(['held', 'violated', 'unchecked', 'not asked']),
  /** How many things were looked at. */
  rows: z.int(),
  findings: z.int(),
  unchecked: z.array(z.object({ what: z.string(), why: z.string() })),
  notes: z.array(z.string()),
});
export type VerifiedInvariant = z.infer<typeof verifiedInvariant>;

export const verification = z
  .object({
    id: uuid,
    taskId: uuid.nullable(),
    cause: z.enum(['person', 'night']),
    status: verificationStatus,
    outcome: verificationOutcome.nullable(),
    error: z.string().nullable(),
    /** Steps of the look that is under way, and what it is at. */
    done: z.int(),
    total: z.int(),
    doing: z.string().nullable(),
    /** True while something differed and has not outlived the time to settle yet. */
    isSettling: z.boolean(),
    findings: z.int(),
    invariants: z.array(verifiedInvariant),
    createdBy: author.nullable(),
    createdAt: instant,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
  })
  .meta({ id: 'Verification' });
export type Verification = z.infer<typeof verification>;

export const verificationFinding = z
  .object({
    number: z.int(),
    invariant: invariantId,
    direction: findingDirection,
    subject: z.string(),
    expected: z.string(),
    found: z.string(),
    where: z.string(),
    since: instant.nullable(),
    next: z.string(),
    requestId: z.string().nullable(),
    connectionKey: z.string().nullable(),
  })
  .meta({ id: 'VerificationFinding' });
export type VerificationFinding = z.infer<typeof verificationFinding>;

const params = z.object({ id: uuid });

export const startVerification = operation({
  id: 'startVerification',
  method: 'POST',
  path: '/api/verification',
  summary: 'Recomputes from the stored facts what should hold, and compares it with the platforms. It changes nothing.',
  access: { action: 'verification.run' },
  responses: { 202: verification },
});

export const listVerifications = operation({
  id: 'listVerifications',
  method: 'GET',
  path: '/api/verification',
  summary: 'Runs, the newest first.',
  access: { action: 'verification.read' },
  query: z.object({
    ...offsetQuery,
    outcome: verificationOutcome.optional(),
    cause: z.enum(['person', 'night']).optional(),
    searchText: searchText.optional(),
  }),
  responses: { 200: offsetPage(verification).extend({ abilities }) },
});

export const readVerification = operation({
  id: 'readVerification',
  method: 'GET',
  path: '/api/verification/{id}',
  summary: 'A run, how far it has come, and how each invariant stands.',
  access: { action: 'verification.read' },
  params,
  responses: { 200: verification },
});

export const listVerificationFindings = operation({
  id: 'listVerificationFindings',
  method: 'GET',
  path: '/api/verification/{id}/finding',
  summary: 'What a run has found, in the order of the invariants.',
  access: { action: 'verification.read' },
  params,
  query: z.object({
    ...offsetQuery,
    invariant: invariantId.optional(),
    direction: findingDirection.optional(),
    connectionKey: line(255).optional(),
    searchText: searchText.optional(),
  }),
  responses: { 200: offsetPage(verificationFinding) },
});

/** The operations of this noun, by their id. */
export const verificationOperations = {
  startVerification,
  listVerifications,
  readVerification,
  listVerificationFindings,
} as const;
