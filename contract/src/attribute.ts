import { z } from 'zod';
import { policyKind, policyType } from './policy.ts';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryBoolean } from './page.ts';
import { searchText, uuid } from './text.ts';

/** A policy in force that asks about a group or an attribute; its name alone, for whoever keeps people. */
export const namingPolicy = z.object({ id: uuid, name: z.string(), type: policyType, kind: policyKind });
export type NamingPolicy = z.infer<typeof namingPolicy>;

/** One value of an attribute, and whom it reaches. */
export const attributeUse = z.object({
  name: z.string(),
  value: z.string(),
  /** People who hold it, directly or by a group. */
  peopleCount: z.int(),
  /** People who hold it themselves. */
  directCount: z.int(),
  /** Groups that carry it. */
  groupCount: z.int(),
  /** Where it comes from: `local` is by hand or from a file. */
  sources: z.array(z.string()),
  /** Policies in force that ask for this value, for whatever it lies below, or for any value of the attribute. */
  policies: z.array(namingPolicy),
});
export type AttributeUse = z.infer<typeof attributeUse>;

export const listAttributes = operation({
  id: 'listAttributes',
  method: 'GET',
  path: '/api/attribute',
  summary: 'Attributes and their values: who holds each, and which policies ask about it.',
  access: { action: 'user.manage' },
  query: z.object({
    ...offsetQuery,
    searchText: searchText.optional(),
    /** Those that a policy in force asks about, or those that none does. */
    isAsked: queryBoolean.optional(),
  }),
  responses: { 200: offsetPage(attributeUse) },
});
