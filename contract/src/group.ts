import { z } from 'zod';
import { lossQuery } from './confirm-loss.ts';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery } from './page.ts';
import { peopleChange } from './people-change.ts';
import { abilities, personName } from './person.ts';
import { email, instant, name, numericIdText, searchText, uuid } from './text.ts';
import { attributesInput } from './user.ts';

export const group = z.object({
  id: z.int(),
  iamId: z.string().nullable(),
  name: z.string(),
  email: z.string().nullable(),
  attributes: z.record(z.string(), z.array(z.string())),
  memberCount: z.int(),
  createdAt: instant,
  updatedAt: instant,
  abilities: abilities.optional(),
});
export type Group = z.infer<typeof group>;

export const groupDetail = group
  .extend({
    members: z.array(personName),
    /** The name of the provider whose directory keeps it over SCIM: its name and its members come from it. */
    keptBy: z.string().nullable(),
  })
  .meta({ id: 'GroupDetail' });
export type GroupDetail = z.infer<typeof groupDetail>;

export const createGroupBody = z.object({
  name,
  email: email.nullable().optional(),
  attributes: attributesInput.default({}),
});
export type CreateGroupBody = z.infer<typeof createGroupBody>;
export const updateGroupBody = z.object({
  name: name.optional(),
  email: email.nullable().optional(),
  attributes: attributesInput.optional(),
});
export type UpdateGroupBody = z.infer<typeof updateGroupBody>;
export const setGroupMembersBody = z.object({ globalUserIds: z.array(uuid).max(100_000) });
export type SetGroupMembersBody = z.infer<typeof setGroupMembersBody>;

const params = z.object({ id: numericIdText });

export const createGroup = operation({
  id: 'createGroup',
  method: 'POST',
  path: '/api/group',
  summary: 'Makes a group.',
  access: { action: 'group.manage' },
  body: createGroupBody,
  responses: { 201: groupDetail },
});

export const listGroups = operation({
  id: 'listGroups',
  method: 'GET',
  path: '/api/group',
  summary: 'The groups.',
  access: { action: 'group.manage' },
  query: z.object({ ...offsetQuery, searchText: searchText.optional() }),
  responses: { 200: offsetPage(group) },
});

export const readGroup = operation({
  id: 'readGroup',
  method: 'GET',
  path: '/api/group/{id}',
  summary: 'A group with its members.',
  access: { action: 'group.manage' },
  params,
  responses: { 200: groupDetail },
  unedited: ['memberCount', 'abilities'],
});

export const updateGroup = operation({
  id: 'updateGroup',
  method: 'PATCH',
  path: '/api/group/{id}',
  summary: 'Changes a group.',
  access: { action: 'group.manage' },
  mayWait: true,
  losing: 'many',
  params,
  query: z.object(lossQuery),
  body: updateGroupBody,
  responses: { 200: groupDetail, 202: peopleChange },
});

export const deleteGroup = operation({
  id: 'deleteGroup',
  method: 'DELETE',
  path: '/api/group/{id}',
  summary: 'Deletes a group; what its members had by it ends.',
  access: { action: 'group.manage' },
  mayWait: true,
  losing: 'many',
  params,
  query: z.object(lossQuery),
  responses: { 204: null, 202: peopleChange },
});

export const setGroupMembers = operation({
  id: 'setGroupMembers',
  method: 'PUT',
  path: '/api/group/{id}/members',
  summary: 'Replaces the members of a group.',
  access: { action: 'group.manage' },
  mayWait: true,
  freshLogin: true,
  losing: 'many',
  params,
  query: z.object(lossQuery),
  body: setGroupMembersBody,
  responses: { 200: groupDetail, 202: peopleChange },
  partOf: '/api/group/{id}',
});
