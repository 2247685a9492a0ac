import { z } from 'zod';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryBoolean, queryList } from './page.ts';
import { abilities, personName } from './person.ts';
import { instant, text, uuid } from './text.ts';

/** `CONFIRMED`: it was made. `EXPIRED`: nobody has decided within a week. */
export const peopleChangeState = z.enum(['WAITING', 'CONFIRMED', 'DECLINED', 'WITHDRAWN', 'EXPIRED']);
export type PeopleChangeState = z.infer<typeof peopleChangeState>;

/**
 * Why a change waits. `permission`: it gives a global permission, or brings back the account that holds one after a week. `user_admin`: it takes a
 * user admin away. `sign_in`: it says how somebody signs in who holds a global permission. `access`: more than a hundred people gain.
 */
export const peopleChangeReason = z.enum(['permission', 'user_admin', 'sign_in', 'access']);
export type PeopleChangeReason = z.infer<typeof peopleChangeReason>;

/** More people than this gain access by nobody's hand alone. */
export const gainedByOneHand = 100;

/** One thing that is otherwise afterwards; null is nothing. */
export const peopleChangeLine = z.object({
  /** Whom or what it is about. */
  subject: z.string(),
  what: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export type PeopleChangeLine = z.infer<typeof peopleChangeLine>;

/** A change of people or groups that waits for another user admin, or waited. */
export const peopleChange = z
  .object({
    id: uuid,
    /** The operation that it is a call of. */
    operation: z.string(),
    target: z.object({ type: z.enum(['USER', 'GROUP', 'IMPORT']), id: z.string().nullable(), name: z.string() }),
    state: peopleChangeState,
    reasons: z.array(peopleChangeReason),
    /** How many people gain access by it. */
    gainingCount: z.int(),
    filedBy: personName,
    filedAt: instant,
    expiresAt: instant,
    decidedBy: personName.optional(),
    decidedAt: instant.optional(),
    /** Why it was declined. */
    decisionReason: z.string().optional(),
    abilities: abilities.optional(),
  })
  .meta({ id: 'PeopleChange' });
export type PeopleChange = z.infer<typeof peopleChange>;

export const peopleChangeDetail = peopleChange
  .extend({
    /** What is otherwise afterwards, the first two hundred. */
    changes: z.array(peopleChangeLine),
    changeCount: z.int(),
    /** Who gains access, the first fifty. */
    gaining: z.array(personName),
  })
  .meta({ id: 'PeopleChangeDetail' });
export type PeopleChangeDetail = z.infer<typeof peopleChangeDetail>;

const access = { action: 'user.manage' } as const;
const params = z.object({ id: uuid });
const reason = text(4_000).regex(/\S/u, 'is empty');

export const listPeopleChanges = operation({
  id: 'listPeopleChanges',
  method: 'GET',
  path: '/api/people-change',
  summary: 'Changes of people and groups that wait for another user admin, or waited; the newest first.',
  access,
  query: z.object({
    ...offsetQuery,
    state: queryList(peopleChangeState).optional(),
    /** Those that the caller may confirm now. */
    waitsForMe: queryBoolean.default(false),
  }),
  responses: { 200: offsetPage(peopleChange) },
});

export const readPeopleChange = operation({
  id: 'readPeopleChange',
  method: 'GET',
  path: '/api/people-change/{id}',
  summary: 'One people change: what is otherwise afterwards, and who gains access by it.',
  access,
  params,
  responses: { 200: peopleChangeDetail },
});

export const confirmPeopleChange = operation({
  id: 'confirmPeopleChange',
  method: 'POST',
  path: '/api/people-change/{id}/confirm',
  summary: 'Makes a change that another user admin filed; refused when what it changes is not as it was then.',
  access: { action: 'people-change.decide' },
  freshLogin: true,
  params,
  responses: { 200: peopleChangeDetail },
});

export const declinePeopleChange = operation({
  id: 'declinePeopleChange',
  method: 'POST',
  path: '/api/people-change/{id}/decline',
  summary: 'Declines a change that another user admin filed; nothing is changed.',
  access: { action: 'people-change.decide' },
  params,
  body: z.object({ reason }),
  responses: { 200: peopleChangeDetail },
});

export const withdrawPeopleChange = operation({
  id: 'withdrawPeopleChange',
  method: 'POST',
  path: '/api/people-change/{id}/withdraw',
  summary: 'Withdraws a change that one has filed oneself; nothing is changed.',
  access: { action: 'people-change.decide' },
  params,
  responses: { 200: peopleChangeDetail },
});

export const peopleChangeOperations = {
  listPeopleChanges,
  readPeopleChange,
  confirmPeopleChange,
  declinePeopleChange,
  withdrawPeopleChange,
} as const;
