import type { NotificationType } from '@stoa/contract/notification-type';
import { isSamePerson, type Person, type PersonRef } from '../person.ts';
import { criteriaMet, fourEyesProblem } from '../review/eligible.ts';
import { isReviewable } from '../review/open-slots.ts';
import type { ApprovalRecord, ReviewedRequest, ReviewSettings } from '../review/record.ts';

/** What happened to a request: the last part of its event's name. */
export type RequestHappening =
  | 'created'
  | 'rerouted'
  | 'data_steward.updated'
  | 'consumer.updated'
  | 'canceled'
  | 'revoked'
  | 'columns_ended'
  | 'expired'
  | 'expiring'
  | 'deleted'
  | 'provisioning.updated';

type AboutRequest = {
  readonly about: 'request';
  readonly what: RequestHappening;
  /** As it stands when people are told, which may be later than what happened. */
  readonly request: ReviewedRequest;
  readonly records: readonly ApprovalRecord[];
  readonly settings: ReviewSettings;
  /** Of `expiring`: how many days are left. */
  readonly days?: number | undefined;
  /** Of `provisioning.updated`. */
  readonly provisioning?: string | undefined;
};
export type Happening =
  | AboutRequest
  | {
      readonly about: 'product';
      readonly what: 'state.created' | 'state.deleted' | 'data_sources.updated' | 'sources_left_domain';
    }
  | { readonly about: 'sensitivity' }
  | { readonly about: 'take-back' }
  | { readonly about: 'people-change' }
  | { readonly about: 'assignment' }
  | { readonly about: 'webhook' }
  | { readonly about: 'verification' }
  | { readonly about: 'login' };

/** The people who bear on it, by their standing; whether each is told is what the rule says. */
export type Circle = {
  /** Whoever could fill a slot of the request, or of any request for the product. */
  readonly candidates: readonly Person[];
  readonly governors: readonly Person[];
  readonly userAdmins: readonly Person[];
  /** Manage Data Products in every domain of the target. */
  readonly managers: readonly Person[];
  readonly applicationAdmins: readonly Person[];
  readonly auditors: readonly Person[];
  readonly requester: Person | null;
  readonly beneficiary: Person | null;
  /** Whom a flow names from now on, or whose login it is. */
  readonly named: readonly Person[];
  /** Logins that were told of this request before: `type login`. */
  readonly toldBefore: ReadonlySet<string>;
};
/** A circle of nobody, to be filled in part. */
export const nobody: Circle = {
  candidates: [],
  governors: [],
  userAdmins: [],
  managers: [],
  applicationAdmins: [],
  auditors: [],
  requester: null,
  beneficiary: null,
  named: [],
  toldBefore: new Set(),
};

export type Told = { readonly type: NotificationType; readonly globalUserId: string };
/** `evenActor`: the exceptions, who asked hears the answer whoever gave it, and a login that changed is told to whose it is. */
type Offer = { readonly type: NotificationType; readonly people: readonly Person[]; readonly evenActor?: boolean };

/** How `Circle.toldBefore` names that a login was told something of the request. */
export const toldKey = (type: NotificationType, globalUserId: string): string => `${type} ${globalUserId}`;

/**
 * Who is told what of one happening (product.md 11): one message per login, the first that fits; none to who did it, except
 * as requester; none to who may not act on it, and none to disabled accounts.
 * @param actor who did it; null where it was the clock or Stoa itself
 */
export function whoIsTold(happening: Happening, circle: Circle, actor: PersonRef | null): readonly Told[] {
  const told = new Map<string, NotificationType>();
  for (const { type, people, evenActor } of offersOf(happening, circle)) {
    for (const person of people) {
      const isActor = actor !== null && isSamePerson(person, actor);
      if (person.status !== 'active' || (isActor && evenActor !== true) || told.has(person.globalUserId)) continue;
      told.set(person.globalUserId, type);
    }
  }
  return [...told].map(([globalUserId, type]) => ({ type, globalUserId }));
}

function offersOf(happening: Happening, circle: Circle): readonly Offer[] {
  switch (happening.about) {
    case 'request':
      return offersOfRequest(happening, circle);
    case 'product':
      return [{ type: productTypes[happening.what], people: circle.managers }];
    case 'sensitivity':
      return [{ type: 'PRODUCT_SENSITIVITY_RAISED', people: [...circle.candidates, ...circle.managers] }];
    case 'take-back':
      return [{ type: 'TAKE_BACK_WAITING', people: circle.governors }];
    case 'people-change':
      return [{ type: 'PEOPLE_CHANGE_WAITING', people: circle.userAdmins }];
    case 'assignment':
      return [{ type: 'STEWARD_ASSIGNED', people: circle.named }];
    case 'webhook':
      return [{ type: 'WEBHOOK_SUPPRESSED', people: circle.applicationAdmins }];
    case 'login':
      return [{ type: 'LOGIN_CHANGED', people: circle.named, evenActor: true }];
    case 'verification':
      return [{ type: 'VERIFICATION_VIOLATED', people: [...circle.applicationAdmins, ...circle.auditors] }];
  }
}

const productTypes = {
  'state.created': 'PRODUCT_PUBLISHED',
  'state.deleted': 'PRODUCT_DELETED',
  'data_sources.updated': 'PRODUCT_SOURCES_UPDATED',
  sources_left_domain: 'PRODUCT_SOURCES_LEFT_DOMAIN',
} as const satisfies Record<string, NotificationType>;

const present = (...people: readonly (Person | null)[]): readonly Person[] =>
  people.filter((person) => person !== null);

function offersOfRequest(happening: AboutRequest, circle: Circle): readonly Offer[] {
  const { requester, beneficiary } = circle;
  const isLive = happening.request.status === 'APPROVED';
  switch (happening.what) {
    case 'created':
      return [
        ...(isOnBehalf(happening) ? [{ type: 'REQUEST_FOR_YOU' as const, people: present(beneficiary) }] : []),
        ...newlyAsked(happening, circle),
      ];
    case 'rerouted':
    case 'data_steward.updated':
      return newlyAsked(happening, circle);
    case 'consumer.updated':
      return [
        { type: 'DETERMINATION_MADE', people: present(requester), evenActor: true },
        { type: 'DETERMINATION_MADE', people: [...present(beneficiary), ...stewardsOf(happening, circle)] },
      ];
    case 'canceled':
      return [{ type: 'REQUEST_CANCELED', people: stewardsOf(happening, circle) }];
    case 'revoked':
      return [{ type: 'ACCESS_REVOKED', people: present(beneficiary) }];
    case 'columns_ended':
      return [{ type: 'EXCEPTION_COLUMNS_ENDED', people: present(beneficiary) }];
    case 'expired':
      return [{ type: 'ACCESS_EXPIRED', people: present(beneficiary) }];
    case 'expiring':
      return isLive
        ? [{ type: happening.days === 1 ? 'ACCESS_EXPIRES_1D' : 'ACCESS_EXPIRES_7D', people: present(beneficiary) }]
        : [];
    case 'deleted':
      return [{ type: 'PRODUCT_DELETED_WITH_REQUEST', people: present(beneficiary, requester) }];
    case 'provisioning.updated':
      return offersOfFailure(happening, circle);
  }
}

const isOnBehalf = ({ request }: AboutRequest): boolean => !isSamePerson(request.requestingUser, request.beneficiary);

/** Those who can decide now and were not asked before, and governors where nobody can or where no object is registered. */
function newlyAsked(happening: AboutRequest, circle: Circle): readonly Offer[] {
  const { request, records, settings } = happening;
  if (request.status !== 'PENDING') return [];
  const isNew = (type: NotificationType) => (person: Person) =>
    !circle.toldBefore.has(toldKey(type, person.globalUserId));
  const governors = circle.governors.filter((person) => fourEyesProblem(person, request, settings) === null);
  const open = records.filter((record) => record.status === 'PENDING');
  const stewards = stewardsOf({ ...happening, records: open }, circle);
  const unregistered = request.target.registered ? [] : governors.filter(isNew('UNREGISTERED_ASSET_REQUESTED'));
  const asked = stewards.filter(isNew('ACCESS_REQUESTED')).filter(isNew('UNREGISTERED_ASSET_REQUESTED'));
  const isStaffed = isReviewable({ request, records, people: circle.candidates, settings });
  return [
    { type: 'UNREGISTERED_ASSET_REQUESTED', people: unregistered },
    { type: 'ACCESS_REQUESTED', people: asked },
    { type: 'REQUEST_UNREVIEWABLE', people: isStaffed ? [] : governors.filter(isNew('REQUEST_UNREVIEWABLE')) },
  ];
}

/** Everybody who may decide one of the records, or may have: four eyes keeps out as it does when deciding. */
const stewardsOf = ({ request, records, settings }: AboutRequest, { candidates }: Circle): readonly Person[] =>
  candidates.filter((person) =>
    records.some(
      ({ approvers, routedBy }) => criteriaMet(person, request, { approvers, routedBy, settings }).length > 0,
    ),
  );

/** Access that does not come, or does not go. Who waits for it hears that it is late; who looks after it, why. */
function offersOfFailure(happening: AboutRequest, circle: Circle): readonly Offer[] {
  const { provisioning, request } = happening;
  const isLate = provisioning === 'FAILED' && request.status === 'APPROVED';
  if (!isLate && provisioning !== 'REMOVE_FAILED') return [];
  const after = [...circle.governors, ...circle.managers].filter(
    (person) => !circle.toldBefore.has(toldKey('PROVISIONING_FAILED', person.globalUserId)),
  );
  return [{ type: 'PROVISIONING_FAILED', people: [...after, ...(isLate ? present(circle.beneficiary) : [])] }];
}
