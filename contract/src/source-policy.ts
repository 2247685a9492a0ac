import { z } from 'zod';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryList } from './page.ts';
import { abilities, author } from './person.ts';
import { certification, circumstance, policyKind, policyScope, policyType } from './policy.ts';
import { connectionKeyPath, instant, numericIdText, text, uuid } from './text.ts';

/**
 * How a policy stands on a source: it acts; nothing that it masks, reveals or compares is there; it contradicts another and so neither acts; it waits for a signature; it is
 * switched off there; it is offered to the owner to be picked.
 */
export const sourcePolicyStanding = z.enum(['ACTING', 'IDLE', 'CONFLICT', 'WAITING', 'OFF', 'OFFERED']);
export type SourcePolicyStanding = z.infer<typeof sourcePolicyStanding>;

const decided = z.object({ by: author.nullable(), at: instant });

/** A policy in force that is meant for a data source. */
export const sourcePolicy = z
  .object({
    policyId: uuid,
    policyKey: z.string(),
    name: z.string(),
    version: z.int(),
    type: policyType,
    kind: policyKind,
    scope: policyScope,
    standing: sourcePolicyStanding,
    /** By what it is meant for the source; null while it is only offered. */
    matchedCircumstance: circumstance.nullable(),
    /** Columns on which a mask is the one that holds, and those on which another holds instead. */
    wins: z.array(z.string()),
    loses: z.array(z.string()),
    off: decided.extend({ reason: z.string() }).nullable(),
    selected: decided.nullable(),
    certification: certification.nullable(),
    signed: decided.extend({ policyVersion: z.int() }).nullable(),
    /** `switchOff`, `switchOn`, `select`, `unselect`, `sign`. */
    abilities: abilities.optional(),
  })
  .meta({ id: 'SourcePolicy' });
export type SourcePolicy = z.infer<typeof sourcePolicy>;

/** What a decision that takes access away from many is made with. */
const confirmed = {
  confirmLoss: z.int().min(0).optional(),
  /** The preview that it was judged by; one that is out of date is refused. */
  basedOn: z.string().max(200).optional(),
};

const sourceParams = z.object({ id: numericIdText });
const oneParams = z.object({ id: numericIdText, policyId: uuid });

export const listSourcePolicies = operation({
  id: 'listSourcePolicies',
  method: 'GET',
  path: '/api/data-source/{id}/policy',
  summary: 'The policies in force that are meant for a data source, with how each stands there.',
  access: { action: 'source-policy.read' },
  params: sourceParams,
  responses: { 200: z.object({ data: z.array(sourcePolicy), abilities: abilities.optional() }) },
});

export const switchSourcePolicyBody = z.object({ off: z.boolean(), reason: text(1_000).optional(), ...confirmed });
export type SwitchSourcePolicyBody = z.infer<typeof switchSourcePolicyBody>;

export const switchSourcePolicy = operation({
  id: 'switchSourcePolicy',
  method: 'POST',
  path: '/api/data-source/{id}/policy/{policyId}/switch',
  summary: 'Switches a policy off on one data source, to settle a conflict, or on again.',
  access: { action: 'source-policy.settle' },
  losing: 'many',
  params: oneParams,
  body: switchSourcePolicyBody,
  responses: { 200: sourcePolicy },
});

export const selectSourcePolicyBody = z.object({ selected: z.boolean(), ...confirmed });
export type SelectSourcePolicyBody = z.infer<typeof selectSourcePolicyBody>;

export const selectSourcePolicy = operation({
  id: 'selectSourcePolicy',
  method: 'POST',
  path: '/api/data-source/{id}/policy/{policyId}/selection',
  summary: 'Picks a policy for a data source, where it asks owners to, or takes the pick back.',
  access: { action: 'source-policy.settle' },
  losing: 'many',
  params: oneParams,
  body: selectSourcePolicyBody,
  responses: { 200: sourcePolicy },
});

export const certifySourcePolicyBody = z.object({
  /** The version that was read: one that has changed since is not signed unread. */
  version: z.int().min(1),
  ...confirmed,
});
export type CertifySourcePolicyBody = z.infer<typeof certifySourcePolicyBody>;

export const certifySourcePolicy = operation({
  id: 'certifySourcePolicy',
  method: 'POST',
  path: '/api/data-source/{id}/policy/{policyId}/certification',
  summary: 'Signs what a policy asks its data owner to sign, so that it acts on the source.',
  access: { action: 'source-policy.certify' },
  losing: 'many',
  params: oneParams,
  body: certifySourcePolicyBody,
  responses: { 200: sourcePolicy },
});

const place = z.object({
  dataSourceId: z.int(),
  dataObjectId: uuid,
  name: z.string(),
  connectionKey: connectionKeyPath,
  objectPath: z.array(z.string()),
});

/** A policy that waits for the caller's signature on a source of theirs. */
export const waitingCertification = place.extend({
  policy: z.object({ id: uuid, name: z.string(), version: z.int() }),
  certification,
});
export type WaitingCertification = z.infer<typeof waitingCertification>;

export const listCertifications = operation({
  id: 'listCertifications',
  method: 'GET',
  path: '/api/certification',
  summary: 'What waits for the caller’s signature on the data sources that they own.',
  access: { action: 'source-policy.certify' },
  query: z.object(offsetQuery),
  responses: { 200: offsetPage(waitingCertification) },
});

/** A data source that a policy is meant for, with how it stands there and who owns it. */
export const policySource = place.extend({ standing: sourcePolicyStanding, owners: z.array(z.string()) });
export type PolicySourceRow = z.infer<typeof policySource>;

export const listPolicySources = operation({
  id: 'listPolicySources',
  method: 'GET',
  path: '/api/policy/{id}/source',
  summary: 'The data sources that a policy in force is meant for, with how it stands on each.',
  access: { action: 'policy.read' },
  params: z.object({ id: uuid }),
  query: z.object({ ...offsetQuery, standing: queryList(sourcePolicyStanding).optional() }),
  responses: { 200: offsetPage(policySource) },
});
