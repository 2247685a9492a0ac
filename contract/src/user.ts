import { z } from 'zod';
import { newPassword } from './auth.ts';
import { lossQuery } from './confirm-loss.ts';
import { domainPermission, globalPermission, identityState } from './enums.ts';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryList } from './page.ts';
import { peopleChange } from './people-change.ts';
import { abilities } from './person.ts';
import {
  connectionKeyPath,
  email,
  instant,
  line,
  name,
  numericIdText,
  searchText,
  text,
  username,
  uuid,
} from './text.ts';

export const userStatus = z.enum(['active', 'disabled']);
export type UserStatus = z.infer<typeof userStatus>;

const isReserved = (attribute: string): boolean => /^stoa /i.test(attribute);

/** Attributes as they are written: names and values of one line; names that start with `Stoa ` are reserved. */
export const attributesInput = z
  .record(line(255), z.array(line(255)).max(200))
  .refine((a) => !Object.keys(a).some(isReserved), 'names starting with "Stoa " are reserved');
export const attributeName = line(255).refine((one) => !isReserved(one), 'is reserved: it starts with "Stoa "');

/** A person with everything the permissions look at. */
export const user = z.object({
  id: z.int(),
  globalUserId: uuid,
  iamId: z.string(),
  username: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  status: userStatus,
  kind: z.enum(['human', 'service']),
  /** Global permissions. */
  permissions: z.array(globalPermission),
  attributes: z.record(z.string(), z.array(z.string())),
  groups: z.array(z.object({ id: z.int(), name: z.string() })),
  createdAt: instant,
  updatedAt: instant,
  lastLoginAt: instant.optional(),
  abilities: abilities.optional(),
});
export type User = z.infer<typeof user>;

export const userDetail = user
  .extend({
    domainPermissions: z.array(
      z.object({
        domainId: uuid,
        domainName: z.string(),
        permission: domainPermission,
        /** The group that brings it, when it is not held directly. */
        viaGroup: z.string().optional(),
      }),
    ),
    /** Who gave each global permission, and when; null for what Stoa itself gave. */
    permissionGrants: z.array(
      z.object({ permission: globalPermission, grantedBy: z.string().nullable(), grantedAt: instant }),
    ),
    /** Every attribute that counts for them, with where it comes from. */
    heldAttributes: z.array(
      z.object({
        name: z.string(),
        value: z.string(),
        /** `local` is by hand or from a file. */
        source: z.string(),
        /** The group that carries it, when they do not carry it themselves. */
        viaGroup: z.object({ id: z.int(), name: z.string() }).optional(),
      }),
    ),
    /** Since when they are in each of their groups, and who put them there. */
    memberships: z.array(
      z.object({
        groupId: z.int(),
        name: z.string(),
        since: instant,
        addedBy: z.string().nullable(),
        /** `local` is by hand or from a file; else the provider that says so. */
        source: z.string(),
      }),
    ),
    /** The providers that sign this person in. */
    signInLinks: z.array(
      z.object({
        providerId: z.string(),
        providerName: z.string(),
        isEnabled: z.boolean(),
        /** Whom the provider means, in its own word. */
        subject: z.string(),
        since: instant,
        /** Who linked it; null: their first sign-in. */
        linkedBy: z.string().nullable(),
        lastSignInAt: instant.nullable(),
        /** What comes from the provider, and is changed there. */
        said: z.array(z.enum(['name', 'email'])),
      }),
    ),
    /** The provider whose directory keeps them over SCIM: user name, name, e-mail and state come from it. */
    keptBy: z
      .object({ providerId: z.string(), providerName: z.string(), externalId: z.string().nullable(), since: instant })
      .nullable(),
    identities: z.array(
      z.object({
        connectionKey: connectionKeyPath,
        externalName: z.string(),
        platformPrincipalId: z.string().optional(),
        state: identityState,
        /** Named by a user admin; else the connection's template makes the name. */
        isManual: z.boolean(),
        template: z.string(),
      }),
    ),
    /** Other logins of the same human: whatever one of them asked for, none of them decides. */
    otherLogins: z.array(z.object({ globalUserId: uuid, username: z.string(), name: z.string(), status: userStatus })),
    /** Since when their password alone opens nothing; null: they have no second factor. */
    secondFactorSince: instant.nullable(),
    /** What disabling this person would end. */
    liveAccessCount: z.int().optional(),
  })
  .meta({ id: 'UserDetail' });
export type UserDetail = z.infer<typeof userDetail>;

export const createUserBody = z.object({
  username,
  name,
  email,
  password: newPassword.optional(),
  permissions: z.array(globalPermission).max(10).default([]),
  attributes: attributesInput.default({}),
  status: userStatus.default('active'),
  /** A login of the same human. */
  samePersonAs: uuid.optional(),
});
export type CreateUserBody = z.infer<typeof createUserBody>;

export const updateUserBody = z.object({
  username: username.optional(),
  name: name.optional(),
  email: email.optional(),
  password: newPassword.optional(),
  permissions: z.array(globalPermission).max(10).optional(),
  attributes: attributesInput.optional(),
  status: userStatus.optional(),
  /** A login of the same human: all logins of both are one person from then on. Null makes this login a person of its own again. */
  samePersonAs: uuid.nullable().optional(),
});
export type UpdateUserBody = z.infer<typeof updateUserBody>;

export const createUser = operation({
  id: 'createUser',
  method: 'POST',
  path: '/api/user',
  summary: 'Makes a local account.',
  access: { action: 'user.manage' },
  mayWait: true,
  freshLogin: true,
  body: createUserBody,
  responses: { 201: userDetail, 202: peopleChange },
});

export const listUsers = operation({
  id: 'listUsers',
  method: 'GET',
  path: '/api/user',
  summary: 'People with their permissions, groups and attributes.',
  access: { action: 'user.manage' },
  query: z.object({
    ...offsetQuery,
    searchText: searchText.optional(),
    status: queryList(userStatus).optional(),
    groupId: numericIdText.optional(),
    /** Who holds this value of this attribute, directly or by a group. */
    attributeName: text(255).optional(),
    attributeValue: text(255).optional(),
    permission: queryList(globalPermission).optional(),
  }),
  responses: { 200: offsetPage(user) },
});

export const readUser = operation({
  id: 'readUser',
  method: 'GET',
  path: '/api/user/{globalUserId}',
  summary: 'One person.',
  access: { action: 'user.manage' },
  params: z.object({ globalUserId: uuid }),
  responses: { 200: userDetail },
  unedited: ['lastLoginAt', 'secondFactorSince', 'liveAccessCount', 'abilities'],
});

export const updateUser = operation({
  id: 'updateUser',
  method: 'PATCH',
  path: '/api/user/{globalUserId}',
  summary: 'Changes a person; disabling ends sessions, tokens and access.',
  access: { action: 'user.manage' },
  mayWait: true,
  freshLogin: true,
  losing: 'one',
  params: z.object({ globalUserId: uuid }),
  query: z.object(lossQuery),
  body: updateUserBody,
  responses: { 200: userDetail, 202: peopleChange },
});
