import { requestEventNames } from '@stoa/contract/event-type';
import { type Circle, type Happening, nobody, type RequestHappening } from '@stoa/core/notification/who-is-told';
import type { OutboxEvent } from '../../work/fan-out.ts';
import { toReviewedRequest, toReviewRecord } from '../access-request/request-object.ts';
import type { Known } from './load-known.ts';

const productHappenings = ['state.created', 'state.deleted', 'data_sources.updated'] as const;

/** The event as the rule looks at it; null for what nobody is told of. */
export function happeningOf(known: Known, event: OutboxEvent): Happening | null {
  if (event.type === 'stoa.steward.assigned') return { about: 'assignment' };
  if (event.type === 'stoa.webhook.suppressed') return { about: 'webhook' };
  if (event.type === 'stoa.verification.violated' || event.type === 'stoa.verification.incomplete')
    return { about: 'verification' };
  if (event.type === 'stoa.user.login_changed') return { about: 'login' };
  if (event.type === 'stoa.data_product.sources_left_domain') return { about: 'product', what: 'sources_left_domain' };
  if (event.type === 'stoa.data_product.sensitivity_raised') return { about: 'sensitivity' };
  if (event.type === 'stoa.take_back.filed') return { about: 'take-back' };
  if (event.type === 'stoa.people_change.filed') return { about: 'people-change' };
  const product = productHappenings.find((what) => event.type === `marketplace.data_product.${what}`);
  if (product !== undefined) return { about: 'product', what: product };
  const what = requestHappening(event.type);
  const request = event.requestId === null ? undefined : known.requests.get(event.requestId);
  if (what === undefined || request === undefined) return null;
  const { days, provisioning } = event.data;
  return {
    about: 'request',
    what,
    request: toReviewedRequest(request),
    records: request.records.map(toReviewRecord),
    settings: known.switches,
    days: typeof days === 'number' ? days : undefined,
    provisioning: typeof provisioning === 'string' ? provisioning : undefined,
  };
}

function requestHappening(type: OutboxEvent['type']): RequestHappening | undefined {
  if (type === 'stoa.access_request.rerouted') return 'rerouted';
  if (type === 'stoa.access_request.columns_ended') return 'columns_ended';
  return requestEventNames.find((what) => type.endsWith(`.access_requests.${what}`));
}

const governance = { type: 'PERMISSION', permission: 'GOVERNANCE' } as const;
const managing = { type: 'DOMAIN PERMISSION', permission: 'Manage Data Products' } as const;

const domainsOf = ({ data: { domainIds } }: OutboxEvent): readonly string[] =>
  Array.isArray(domainIds) ? domainIds.map(String) : [];

/** The people who bear on what happened. */
export async function circleOf(known: Known, event: OutboxEvent, happening: Happening): Promise<Circle> {
  switch (happening.about) {
    case 'request':
      return circleOfRequest(known, event, happening.what);
    case 'product':
      return { ...nobody, managers: await known.behind([managing], domainsOf(event)) };
    case 'sensitivity': {
      const reviewers = await known.reviewersOf(event.targetId ?? '');
      return {
        ...nobody,
        candidates: await known.behind(reviewers, domainsOf(event)),
        managers: await known.behind([managing], domainsOf(event)),
      };
    }
    case 'assignment': {
      const { userIds } = event.data;
      return {
        ...nobody,
        named: await known.behind(
          (Array.isArray(userIds) ? userIds : []).map((id) => ({ type: 'USER' as const, id: String(id) })),
          [],
        ),
      };
    }
    case 'take-back':
      return { ...nobody, governors: await known.holdersOf('GOVERNANCE') };
    case 'people-change':
      return { ...nobody, userAdmins: await known.holdersOf('USER_ADMIN') };
    case 'login':
      return { ...nobody, named: await known.behind([{ type: 'USER' as const, id: event.targetId ?? '' }], []) };
    case 'webhook':
      return { ...nobody, applicationAdmins: await known.holdersOf('APPLICATION_ADMIN') };
    case 'verification':
      return {
        ...nobody,
        applicationAdmins: await known.holdersOf('APPLICATION_ADMIN'),
        auditors: await known.holdersOf('AUDIT'),
      };
  }
}

const needsStewards: readonly RequestHappening[] = [
  'created',
  'rerouted',
  'data_steward.updated',
  'consumer.updated',
  'canceled',
];

async function circleOfRequest(known: Known, event: OutboxEvent, what: RequestHappening): Promise<Circle> {
  const request = event.requestId === null ? undefined : known.requests.get(event.requestId);
  if (request === undefined) return nobody;
  const domainIds = request.domains.map((domain) => domain.id);
  const isFailure = what === 'provisioning.updated';
  const asksStewards = needsStewards.includes(what);
  const asksGovernors = isFailure || ['created', 'rerouted', 'data_steward.updated'].includes(what);
  return {
    ...nobody,
    requester: known.partyOf(request.requesting_user),
    beneficiary: known.partyOf(request.beneficiary),
    candidates: asksStewards
      ? await known.behind(
          request.records.flatMap((record) => record.approvers),
          domainIds,
        )
      : [],
    governors: asksGovernors ? await known.behind([governance], []) : [],
    managers: isFailure ? await known.behind([managing], domainIds) : [],
    toldBefore: (isFailure ? known.toldLately.get(request.target_id) : known.toldBefore.get(request.id)) ?? new Set(),
  };
}
