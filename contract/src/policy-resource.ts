import { z } from 'zod';
import { lossQuery } from './confirm-loss.ts';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryBoolean, queryList, sortOrder } from './page.ts';
import { abilities, author } from './person.ts';
import {
  dataBody,
  dataKind,
  entitlements,
  policyKey,
  policyKind,
  policyName,
  policyScope,
  policyState,
  policyType,
  subscriptionBody,
  subscriptionKind,
} from './policy.ts';
import { instant, numericIdText, searchText, uuid } from './text.ts';

const shared = {
  id: uuid,
  number: z.int(),
  policyKey: z.string(),
  name: z.string(),
  scope: policyScope,
  /** The name of the domain or of the data source that the scope names. */
  scopeName: z.string().optional(),
  state: policyState,
  version: z.int(),
  /** It always exists and cannot be edited: how approvals give access. */
  protected: z.boolean(),
  /** Null for what Stoa itself made. */
  createdBy: author.nullable(),
  updatedBy: author.nullable(),
  createdAt: instant,
  updatedAt: instant,
  abilities: abilities.optional(),
};

/** Who reaches a data source: grants are joined by OR, guardrails by AND (governance.md 8). */
export const subscriptionPolicy = z
  .object({ ...shared, type: z.literal('subscription'), kind: subscriptionKind, ...subscriptionBody.shape })
  .meta({ id: 'SubscriptionPolicy' });
export type SubscriptionPolicy = z.infer<typeof subscriptionPolicy>;

/** What is seen of a data source: masks per column, predicates per row (governance.md 10). */
export const dataPolicy = z
  .object({ ...shared, type: z.literal('data'), kind: dataKind, ...dataBody.shape })
  .meta({ id: 'DataPolicy' });
export type DataPolicy = z.infer<typeof dataPolicy>;

export const policy = z.discriminatedUnion('type', [subscriptionPolicy, dataPolicy]);
export type Policy = z.infer<typeof policy>;

const drafted = {
  name: policyName,
  scope: policyScope,
};
export const subscriptionDraft = z.object({
  type: z.literal('subscription'),
  kind: subscriptionKind,
  ...drafted,
  ...subscriptionBody.shape,
  /** Stored as `condition`. */
  entitlements: entitlements.optional(),
});
export type SubscriptionDraft = z.infer<typeof subscriptionDraft>;
export const dataDraft = z.object({ type: z.literal('data'), ...drafted, ...dataBody.shape });
export type DataDraft = z.infer<typeof dataDraft>;

/** A policy as its author writes it. */
export const policyDraft = z.discriminatedUnion('type', [subscriptionDraft, dataDraft]).meta({ id: 'PolicyDraft' });
export type PolicyDraft = z.infer<typeof policyDraft>;
export type PolicyDraftIn = z.input<typeof policyDraft>;

/** What a change that takes access away from many is saved with. */
const confirmed = {
  /** How many people lose access, repeated by whoever saves it. */
  confirmLoss: z.int().min(0).optional(),
  /** The preview that the change was judged by; one that is out of date is refused. */
  basedOn: z.string().max(200).optional(),
};

export const createPolicyBody = z.object({
  policy: policyDraft,
  /** Made from the name when left out. */
  policyKey: policyKey.optional(),
  state: policyState.default('staged'),
  ...confirmed,
});
export type CreatePolicyBody = z.infer<typeof createPolicyBody>;

export const updatePolicyBody = z.object({
  policy: policyDraft,
  /** The version that was edited. */
  version: z.int().min(1),
  ...confirmed,
});
export type UpdatePolicyBody = z.infer<typeof updatePolicyBody>;

export const setPolicyStateBody = z.object({
  state: policyState,
  version: z.int().min(1),
  ...confirmed,
});
export type SetPolicyStateBody = z.infer<typeof setPolicyStateBody>;

/** One version: what was said, whether it was in force, who saved it. */
export const policyVersion = z.object({
  version: z.int(),
  change: z.enum(['created', 'edited', 'state']),
  name: z.string(),
  scope: policyScope,
  scopeName: z.string().optional(),
  state: policyState,
  kind: policyKind,
  createdBy: author.nullable(),
  createdAt: instant,
});
export type PolicyVersion = z.infer<typeof policyVersion>;
export const policyVersionDetail = policyVersion
  .extend({ body: z.union([subscriptionBody, dataBody]) })
  .meta({ id: 'PolicyVersionDetail' });
export type PolicyVersionDetail = z.infer<typeof policyVersionDetail>;

const params = z.object({ id: uuid });

export const searchPolicies = operation({
  id: 'searchPolicies',
  method: 'GET',
  path: '/api/policy',
  summary: 'Subscription and data policies, those in which approvals stand included.',
  access: { action: 'policy.read' },
  query: z.object({
    ...offsetQuery,
    /** Part of the name, of the key, or of the text. */
    searchText: searchText.optional(),
    type: queryList(policyType).optional(),
    kind: queryList(policyKind).optional(),
    scope: queryList(z.enum(['global', 'domain', 'restricted', 'local'])).optional(),
    domainId: uuid.optional(),
    state: queryList(policyState).optional(),
    protected: queryBoolean.optional(),
    sortBy: z.enum(['name', 'updatedAt', 'number']).default('name'),
    sortOrder: sortOrder.default('asc'),
  }),
  responses: { 200: offsetPage(policy) },
});

export const createPolicy = operation({
  id: 'createPolicy',
  method: 'POST',
  path: '/api/policy',
  summary: 'Writes a policy, staged unless asked otherwise.',
  access: { action: 'policy.author' },
  losing: 'many',
  body: createPolicyBody,
  responses: { 201: policy },
});

export const readPolicy = operation({
  id: 'readPolicy',
  method: 'GET',
  path: '/api/policy/{id}',
  summary: 'One policy as it stands.',
  access: { action: 'policy.read' },
  params,
  responses: { 200: policy },
  unedited: ['abilities'],
});

export const updatePolicy = operation({
  id: 'updatePolicy',
  method: 'PUT',
  path: '/api/policy/{id}',
  summary: 'Saves a new version of a policy.',
  access: { action: 'policy.author' },
  losing: 'many',
  params,
  /** Owners who have signed it are asked to sign again. */
  query: z.object({ reCertify: queryBoolean.optional(), ...lossQuery }),
  body: updatePolicyBody,
  responses: { 200: policy },
});

export const setPolicyState = operation({
  id: 'setPolicyState',
  method: 'POST',
  path: '/api/policy/{id}/state',
  summary: 'Puts a policy in force, or takes it out.',
  access: { action: 'policy.author' },
  losing: 'many',
  params,
  body: setPolicyStateBody,
  responses: { 200: policy },
});

export const deletePolicy = operation({
  id: 'deletePolicy',
  method: 'DELETE',
  path: '/api/policy/{id}',
  summary: 'Deletes a policy that is not in force. Its versions stay.',
  access: { action: 'policy.author' },
  params,
  responses: { 204: null },
});

export const listPolicyVersions = operation({
  id: 'listPolicyVersions',
  method: 'GET',
  path: '/api/policy/{id}/version',
  summary: 'The versions of a policy, the newest first: each edit and each change of state.',
  access: { action: 'policy.read' },
  params,
  query: z.object(offsetQuery),
  responses: { 200: offsetPage(policyVersion) },
});

export const readPolicyVersion = operation({
  id: 'readPolicyVersion',
  method: 'GET',
  path: '/api/policy/{id}/version/{version}',
  summary: 'One version of a policy, with what it said.',
  access: { action: 'policy.read' },
  params: z.object({ id: uuid, version: numericIdText }),
  responses: { 200: policyVersionDetail },
});
