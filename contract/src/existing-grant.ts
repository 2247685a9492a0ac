import { z } from 'zod';
import { ignoreDrift, listDrift, unignoreDrift } from './connection.ts';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryList } from './page.ts';
import { abilities, personName } from './person.ts';
import { connectionKeyPath, instant, text, uuid } from './text.ts';

/** `adopt`: what all of its people read by Stoa as well. `take_over`: whatever is not protected. */
export const takeBackMode = z.enum(['adopt', 'take_over']);
export type TakeBackMode = z.infer<typeof takeBackMode>;

/** `EXPIRED`: nobody has decided within a week. `RUNNING`: confirmed, and not ended. */
export const takeBackState = z.enum(['WAITING', 'RUNNING', 'DONE', 'DECLINED', 'EXPIRED']);
export type TakeBackState = z.infer<typeof takeBackState>;

/** Why a grant is left as it is. */
export const keptGrantReason = z.enum([
  'superuser',
  'owner',
  'reads_all',
  'protected',
  'nobody_known',
  'odd_name',
  'public',
  'shared_role',
  'writes',
  'waits',
  'dependent',
]);
export type KeptGrantReason = z.infer<typeof keptGrantReason>;

const grant = { object: z.string(), grantee: z.string(), privilege: z.string() };

/** One statement of a plan, exactly as it runs. */
export const takeBackStatement = z.object({
  ...grant,
  sql: z.string(),
  grantor: z.string(),
  /** Stoa's account, or an administrator of the platform. */
  runs: z.enum(['stoa', 'administrator']),
  /** Why an administrator: the account cannot act for the grantor, or what has to go before is an administrator's. */
  because: z.enum(['grantor', 'behind']).optional(),
  /** Whom it opens something to, the first twenty; `keeps`: they read the object by Stoa, and that was read back. */
  people: z.array(personName.extend({ keeps: z.boolean() })),
  peopleCount: z.int(),
  losingCount: z.int(),
  /** Of a plan that was filed. `GONE`: read back as gone. */
  state: z.enum(['PLANNED', 'GONE', 'FAILED']).optional(),
  failure: z.string().optional(),
});
export type TakeBackStatement = z.infer<typeof takeBackStatement>;

const planMembers = {
  mode: takeBackMode,
  /** `[]` is the whole database. */
  path: z.array(z.string()),
  planHash: z.string(),
  /** In order; the first thousand. */
  statements: z.array(takeBackStatement),
  statementCount: z.int(),
  /** People who lose something, with how many objects; the first two hundred. */
  losing: z.array(z.object({ user: personName, objectCount: z.int() })),
  losingCount: z.int(),
};

export const takeBackPlan = z
  .object({
    connectionKey: z.string(),
    ...planMembers,
    observedAt: instant,
    /** How many of the statements Stoa runs itself. */
    ownCount: z.int(),
    /** What stays and why, the first five hundred; of `waits`, who has no way by Stoa yet. */
    kept: z.array(z.object({ ...grant, reason: keptGrantReason, people: z.array(personName) })),
    keptCount: z.int(),
  })
  .meta({ id: 'TakeBackPlan' });
export type TakeBackPlan = z.infer<typeof takeBackPlan>;

const takeBackMembers = {
  id: uuid,
  connectionKey: z.string(),
  mode: takeBackMode,
  path: z.array(z.string()),
  state: takeBackState,
  reason: z.string(),
  filedBy: personName,
  filedAt: instant,
  expiresAt: instant,
  decidedBy: personName.optional(),
  decidedAt: instant.optional(),
  /** Why it was declined. */
  decisionReason: z.string().optional(),
  endedAt: instant.optional(),
  statementCount: z.int(),
  goneCount: z.int(),
  failedCount: z.int(),
  /** Those that an administrator has still to run. */
  administratorCount: z.int(),
  losingCount: z.int(),
  abilities: abilities.optional(),
};

/** A plan that somebody filed, for a second person to confirm. */
export const takeBack = z.object(takeBackMembers).meta({ id: 'TakeBack' });
export type TakeBack = z.infer<typeof takeBack>;

export const takeBackDetail = z
  .object({
    ...takeBackMembers,
    ...planMembers,
    /** What an administrator has still to run, as one script. */
    script: z.string().optional(),
  })
  .meta({ id: 'TakeBackDetail' });
export type TakeBackDetail = z.infer<typeof takeBackDetail>;

const question = {
  mode: takeBackMode,
  /** Database, schema and object, or the first of them. */
  path: z.array(text(63)).max(3).default([]),
  /** Findings of `bypass` that are meant alone. What others use as well is taken back only where it is named so. */
  findingIds: z.array(uuid).min(1).max(1_000).optional(),
};
const reason = text(4_000).regex(/\S/u, 'is empty');
const connectionParams = z.object({ connectionKey: connectionKeyPath });
const takeBackParams = z.object({ takeBackId: uuid });
const access = { action: 'existing-grant.take_back' } as const;

export const previewTakeBack = operation({
  id: 'previewTakeBack',
  method: 'POST',
  path: '/api/connection/{connectionKey}/existing-grant/preview',
  summary: 'Looks at the platform and plans what would be taken back of what others gave, without taking anything.',
  access,
  params: connectionParams,
  body: z.object(question),
  responses: { 200: takeBackPlan },
});

export const fileTakeBack = operation({
  id: 'fileTakeBack',
  method: 'POST',
  path: '/api/connection/{connectionKey}/existing-grant',
  summary: 'Files a plan for a second person to confirm, as long as the platform is as the plan was made.',
  access,
  params: connectionParams,
  body: z.object({ ...question, planHash: text(100), reason }),
  responses: { 201: takeBackDetail },
});

export const listTakeBacks = operation({
  id: 'listTakeBacks',
  method: 'GET',
  path: '/api/connection/{connectionKey}/existing-grant',
  summary: 'The plans that were filed for a connection, the newest first.',
  access: { action: 'connection.read' },
  params: connectionParams,
  query: z.object({ ...offsetQuery, state: queryList(takeBackState).optional() }),
  responses: { 200: offsetPage(takeBack) },
});

export const readTakeBack = operation({
  id: 'readTakeBack',
  method: 'GET',
  path: '/api/existing-grant/{takeBackId}',
  summary: 'One plan, with what has become of each statement.',
  access: { action: 'connection.read' },
  params: takeBackParams,
  responses: { 200: takeBackDetail },
});

export const confirmTakeBack = operation({
  id: 'confirmTakeBack',
  method: 'POST',
  path: '/api/existing-grant/{takeBackId}/confirmation',
  summary:
    'Confirms a plan that another person filed, so that it runs; refused when the platform is not as it was planned.',
  access,
  freshLogin: true,
  params: takeBackParams,
  body: z.object({ planHash: text(100) }),
  responses: { 202: takeBackDetail },
});

export const declineTakeBack = operation({
  id: 'declineTakeBack',
  method: 'POST',
  path: '/api/existing-grant/{takeBackId}/decline',
  summary: 'Declines a plan, or withdraws it; nothing is taken back.',
  access,
  params: takeBackParams,
  body: z.object({ reason }),
  responses: { 200: takeBackDetail },
});

export const recheckTakeBack = operation({
  id: 'recheckTakeBack',
  method: 'POST',
  path: '/api/existing-grant/{takeBackId}/recheck',
  summary: 'Looks whether what an administrator had to run is gone by now.',
  access,
  params: takeBackParams,
  responses: { 200: takeBackDetail },
});

/** What others gave: as it is found, and how it is taken back. */
export const driftOperations = {
  listDrift,
  ignoreDrift,
  unignoreDrift,
  previewTakeBack,
  fileTakeBack,
  listTakeBacks,
  readTakeBack,
  confirmTakeBack,
  declineTakeBack,
  recheckTakeBack,
} as const;
