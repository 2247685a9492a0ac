import { z } from 'zod';

/** What happens to a request for access. */
export const requestEventNames = [
  'created',
  'data_steward.updated',
  'consumer.updated',
  'canceled',
  'revoked',
  'expired',
  'expiring',
  'deleted',
  'provisioning.updated',
] as const;
export type RequestEventName = (typeof requestEventNames)[number];

export const targetEventNames = ['state.created', 'state.updated', 'state.deleted', 'data_sources.updated'] as const;
export type TargetEventName = (typeof targetEventNames)[number];

const requestEvents = <P extends 'data_product' | 'asset'>(target: P) =>
  requestEventNames.map(
    (name): `marketplace.${P}.access_requests.${RequestEventName}` => `marketplace.${target}.access_requests.${name}`,
  );

/** What happens to the installation itself, for those who operate it. */
export const operationalEventTypes = [
  'stoa.connection.synced',
  'stoa.connection.failed',
  'stoa.policy.created',
  'stoa.policy.updated',
  'stoa.policy.deleted',
  'stoa.domain.data_source_added',
  'stoa.domain.data_source_removed',
  'stoa.data_product.sources_left_domain',
  'stoa.data_product.sensitivity_raised',
  'stoa.drift.found',
  'stoa.take_back.filed',
  'stoa.people_change.filed',
  'stoa.people_change.made_alone',
  'stoa.user.deactivated',
  'stoa.user.login_changed',
  'stoa.verification.violated',
  'stoa.verification.incomplete',
] as const;

export type OperationalEventType = (typeof operationalEventTypes)[number];

/** What Stoa tells of, beside the published names: its own come under `stoa.`. */
export const ownEventTypes = [
  'stoa.access_request.rerouted',
  'stoa.access_request.columns_ended',
  'stoa.steward.assigned',
  ...operationalEventTypes,
  'stoa.webhook.suppressed',
  'stoa.ping',
] as const;

const targetEvents = <P extends 'data_product' | 'asset'>(target: P) =>
  targetEventNames.map((name): `marketplace.${P}.${TargetEventName}` => `marketplace.${target}.${name}`);

/** Every type of event that there is; published names where the wire contract has one (product.md 12). */
export const eventTypes = [
  ...requestEvents('data_product'),
  ...targetEvents('data_product'),
  ...requestEvents('asset'),
  'marketplace.asset.state.updated' as const,
  ...ownEventTypes,
];
export const eventType = z.enum(eventTypes);
export type EventType = z.infer<typeof eventType>;
