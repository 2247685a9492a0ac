import { z } from 'zod';
import { operation } from './operation.ts';
import { scimRoot, scimType } from './scim-path.ts';

/** Resources have the members of RFC 7643; others are passed over. */
const scimResource = z
  .looseObject({ schemas: z.array(z.string()).optional(), externalId: z.string().optional() })
  .meta({ id: 'ScimResource' });
const named = { schemas: z.array(z.string()).optional(), externalId: z.string().optional() };
const bodies = {
  User: z
    .looseObject({
      ...named,
      userName: z.string(),
      displayName: z.string().optional(),
      active: z.union([z.boolean(), z.string()]).optional(),
      name: z.looseObject({ givenName: z.string().optional(), familyName: z.string().optional() }).optional(),
      emails: z.array(z.looseObject({ value: z.string(), type: z.string().optional() })).optional(),
    })
    .meta({ id: 'ScimUser' }),
  Group: z
    .looseObject({
      ...named,
      displayName: z.string(),
      members: z.array(z.looseObject({ value: z.string() })).optional(),
    })
    .meta({ id: 'ScimGroup' }),
};
const scimPatch = z
  .looseObject({
    schemas: z.array(z.string()),
    Operations: z.array(z.looseObject({ op: z.string(), path: z.string().optional(), value: z.unknown() })),
  })
  .meta({ id: 'ScimPatch' });
const scimList = z
  .looseObject({ schemas: z.array(z.string()), totalResults: z.int(), Resources: z.array(scimResource) })
  .meta({ id: 'ScimList' });
const search = z.object({
  filter: z.string().optional(),
  startIndex: z.string().optional(),
  count: z.string().optional(),
  attributes: z.string().optional(),
  excludedAttributes: z.string().optional(),
});

/** Callers prove themselves by the token of a directory alone. */
const byToken = { access: { public: true }, answerType: scimType } as const;
const changing = { ...byToken, bodyType: scimType } as const;
const params = z.object({ id: z.string() });

export const readScimProvider = operation({
  id: 'readScimProvider',
  method: 'GET',
  path: `${scimRoot}/ServiceProviderConfig`,
  summary: 'What of SCIM is supported.',
  ...byToken,
  responses: { 200: scimResource },
});
export const listScimResourceTypes = operation({
  id: 'listScimResourceTypes',
  method: 'GET',
  path: `${scimRoot}/ResourceTypes`,
  summary: 'The kinds of resources: users and groups.',
  ...byToken,
  responses: { 200: scimList },
});
export const readScimResourceType = operation({
  id: 'readScimResourceType',
  method: 'GET',
  path: `${scimRoot}/ResourceTypes/{id}`,
  summary: 'One kind of resources.',
  ...byToken,
  params,
  responses: { 200: scimResource },
});
export const listScimSchemas = operation({
  id: 'listScimSchemas',
  method: 'GET',
  path: `${scimRoot}/Schemas`,
  summary: 'The schemas of users and groups, with the attributes that are kept.',
  ...byToken,
  responses: { 200: scimList },
});
export const readScimSchema = operation({
  id: 'readScimSchema',
  method: 'GET',
  path: `${scimRoot}/Schemas/{id}`,
  summary: 'One schema.',
  ...byToken,
  params,
  responses: { 200: scimResource },
});

/** The six operations on one kind of resources, the same for both. */
const resourceOperations = (noun: 'User' | 'Group', what: string) => {
  const all = `${scimRoot}/${noun}s`;
  const one = `${all}/{id}`;
  return {
    search: operation({
      id: `searchScim${noun}s`,
      method: 'GET',
      path: all,
      summary: `The ${what}s that the directory keeps, or those that a filter finds.`,
      ...byToken,
      query: search,
      responses: { 200: scimList },
    }),
    create: operation({
      id: `createScim${noun}`,
      method: 'POST',
      path: all,
      summary: `Makes a ${what}, or takes up one that the provider has named before.`,
      ...changing,
      body: bodies[noun],
      responses: { 201: scimResource },
    }),
    read: operation({
      id: `readScim${noun}`,
      method: 'GET',
      path: one,
      summary: `One ${what} that the directory keeps.`,
      ...byToken,
      params,
      query: search.pick({ attributes: true, excludedAttributes: true }),
      responses: { 200: scimResource },
    }),
    replace: operation({
      id: `replaceScim${noun}`,
      method: 'PUT',
      path: one,
      summary: `Replaces what the directory says of a ${what}.`,
      ...changing,
      params,
      body: bodies[noun],
      responses: { 200: scimResource },
    }),
    patch: operation({
      id: `patchScim${noun}`,
      method: 'PATCH',
      path: one,
      summary: `Changes parts of what the directory says of a ${what}, all of them or none.`,
      ...changing,
      params,
      body: scimPatch,
      responses: { 200: scimResource, 204: null },
    }),
    remove: operation({
      id: `deleteScim${noun}`,
      method: 'DELETE',
      path: one,
      summary:
        noun === 'User'
          ? 'The directory keeps somebody no longer: they are disabled, and their record stays.'
          : 'The directory keeps a group no longer: its members leave, and it goes where nothing names it.',
      ...byToken,
      params,
      responses: { 204: null },
    }),
  } as const;
};
export const scimUser = resourceOperations('User', 'person');
export const scimGroup = resourceOperations('Group', 'group');

/** All of them, for the list of operations. */
export const scimOperations = {
  readScimProvider,
  listScimResourceTypes,
  readScimResourceType,
  listScimSchemas,
  readScimSchema,
  searchScimUsers: scimUser.search,
  createScimUser: scimUser.create,
  readScimUser: scimUser.read,
  replaceScimUser: scimUser.replace,
  patchScimUser: scimUser.patch,
  deleteScimUser: scimUser.remove,
  searchScimGroups: scimGroup.search,
  createScimGroup: scimGroup.create,
  readScimGroup: scimGroup.read,
  replaceScimGroup: scimGroup.replace,
  patchScimGroup: scimGroup.patch,
  deleteScimGroup: scimGroup.remove,
} as const;
