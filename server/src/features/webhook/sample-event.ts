import { type EventType, type OperationalEventType, operationalEventTypes } from '@stoa/contract/event-type';
import type { Told } from './build-message.ts';
import type { Subject } from './load-subjects.ts';

type Wanted = { readonly id: string; readonly type: EventType; readonly webhookId: string | null; readonly now: Date };

const nobody = { globalUserId: '00000000-0000-4000-8000-000000000001', name: 'Sample Person' };
const targetId = '00000000-0000-4000-8000-000000000002';
const recordId = 'cjld2cjxh0000qzrmn831i7rn';
const statuses: Record<string, Subject['status']> = {
  'consumer.updated': 'APPROVED',
  'provisioning.updated': 'APPROVED',
  expiring: 'APPROVED',
  canceled: 'CANCELED',
  revoked: 'REVOKED',
  expired: 'EXPIRED',
  deleted: 'CANCELED',
};

const thing = { id: targetId, name: 'Sample' };
const policy = { policy: { ...thing, key: 'sample' }, policyVersion: 1, state: 'active' };
const moved = { domain: thing, dataSourceIds: [1], count: 1 };
const operational: Record<OperationalEventType, object> = {
  'stoa.connection.synced': { connection: thing, path: [], found: 120, added: 2, gone: 0, moved: 0 },
  'stoa.connection.failed': { connection: thing, during: 'sync', reason: 'The platform refused the login.' },
  'stoa.policy.created': policy,
  'stoa.policy.updated': { ...policy, policyVersion: 2 },
  'stoa.policy.deleted': { ...policy, policyVersion: 2, state: 'draft' },
  'stoa.domain.data_source_added': moved,
  'stoa.domain.data_source_removed': moved,
  'stoa.data_product.sources_left_domain': { dataProduct: thing, domainIds: [targetId], dataSourceIds: [1], count: 1 },
  'stoa.data_product.sensitivity_raised': {
    dataProduct: thing,
    domainIds: [targetId],
    sensitivity: 'high',
    before: 'low',
    members: 12,
  },
  'stoa.drift.found': {
    connection: thing,
    findings: [{ finding: 'bypass', object: 'warehouse.claims.policies', principal: 'loader', privilege: 'SELECT' }],
    count: 1,
  },
  'stoa.take_back.filed': {
    connection: thing,
    takeBackId: targetId,
    statements: 54,
    losing: 3,
    expiresAt: '2026-03-09T08:00:00.000Z',
  },
  'stoa.people_change.filed': {
    peopleChangeId: targetId,
    about: { type: 'USER', name: 'Ana Ruiz' },
    reasons: ['permission'],
    gaining: 0,
    expiresAt: '2026-03-09T08:00:00.000Z',
  },
  'stoa.people_change.made_alone': { about: { type: 'USER', name: 'Ana Ruiz' }, reasons: ['permission'], gaining: 0 },
  'stoa.user.deactivated': { user: nobody },
  'stoa.user.login_changed': { user: nobody, changed: ['password'] },
  'stoa.verification.violated': { verificationId: targetId, findings: 1, violated: ['I2'] },
  'stoa.verification.incomplete': {
    verificationId: targetId,
    outcome: 'UNCHECKED',
    reasons: [{ what: 'connection warehouse', why: 'the platform did not answer: connect ECONNREFUSED' }],
  },
};

const details: Record<string, object> = {
  created: { onBehalf: false, isRegistered: true },
  'data_steward.updated': { decision: 'APPROVED', reason: 'Fits the purpose.', recordIds: [recordId] },
  'consumer.updated': { reason: 'Fits the purpose.' },
  'provisioning.updated': { provisioning: 'ACTIVE', reason: null, connectionId: targetId },
  expiring: { daysLeft: 7 },
  'state.created': { dataSourceCount: 3 },
  'state.updated': { fields: ['description'], suspended: false },
  'data_sources.updated': { added: [1], addedCount: 1, removed: [], removedCount: 0 },
  'stoa.access_request.columns_ended': {
    ended: [{ column: 'warehouse.claims.policies.holder', why: 'column.unmasked' }],
    endedCount: 1,
  },
  'stoa.steward.assigned': { userIds: [nobody.globalUserId] },
  ...operational,
  'stoa.webhook.suppressed': {
    webhookId: targetId,
    url: 'https://example.com',
    why: 'Nothing arrived for 120 hours.',
  },
};

/** An event of a type as it could have happened, about people and things that nobody has. */
export function sampleOf({ id, type, webhookId, now }: Wanted): { event: Told; subject: Subject | undefined } {
  const isAsset = type.startsWith('marketplace.asset.');
  const name = type.replace(/^marketplace\.(data_product|asset)\.(access_requests\.)?/, '');
  const isAboutRequest = type.includes('.access_requests.') || type.startsWith('stoa.access_request.');
  const status = statuses[name] ?? 'PENDING';
  const data = { ...(isAboutRequest ? { status, reason: null } : aboutOf(type, webhookId)), ...details[name] };
  const subject: Subject = {
    id: 'cjld2cyuq0000t3rmniod1foy',
    type: 'DATA_ACCESS',
    status,
    expiration: null,
    requestingUser: nobody,
    user: nobody,
    targetId,
    targetName: 'Sample',
    assetType: isAsset ? 'table' : null,
    isAsset,
    columns: null,
    answers: [],
    records: [],
  };
  const actor = { actorId: nobody.globalUserId, actorName: nobody.name };
  const event = { id, type, ...actor, data, createdAt: now, sequence: null };
  return { event, subject: isAboutRequest ? subject : undefined };
}

function aboutOf(type: EventType, webhookId: string | null): object {
  if (type === 'stoa.ping' || type === 'stoa.webhook.suppressed') return { webhookId };
  return operationalEventTypes.some((one) => one === type) ? {} : { name: 'Sample', targetId };
}
