import { isSamePerson } from '../person.ts';
import { barrierProblem, criteriaMet, fourEyesProblem, type RequestParties } from '../review/eligible.ts';
import { type Answer, type Denied, hidden, needsGlobal, no, yes } from './answer.ts';
import type { Rules } from './may.ts';
import type {
  AccessRequestObject,
  Actor,
  AssetObject,
  DataProductObject,
  ExceptionsObject,
  NewRequestObject,
} from './objects.ts';
import { byManaging } from './rules-product.ts';
import { isAuditorOf, isGovernor, isManager, isSteward } from './standing.ts';

const isParty = (actor: Actor, r: AccessRequestObject): boolean =>
  isSamePerson(actor, r.requestingUser) || isSamePerson(actor, r.beneficiary);

const isStewardOfRequest = (actor: Actor, r: AccessRequestObject): boolean =>
  isSteward(actor, [...r.records.flatMap((record) => record.approvers), ...r.targetReviewers], r.target.domains);

const isAuditor = (actor: Actor, r: AccessRequestObject): boolean =>
  isAuditorOf(
    actor,
    r.target.domains.map((d) => d.id),
  );

const read = (actor: Actor, r: AccessRequestObject): Answer => {
  if (isParty(actor, r)) return yes('It is your request.');
  if (isGovernor(actor)) return yes('You hold Governance.');
  if (isStewardOfRequest(actor, r)) return yes('You are a steward of it.');
  if (isManager(actor, r.target.domains)) return yes('You manage data products in its domain.');
  return isAuditor(actor, r) ? yes('You audit it.') : hidden();
};

/** Asks only readers; everybody else does not learn that it exists. */
const amongReaders =
  (rule: (actor: Actor, r: AccessRequestObject) => Answer) =>
  (actor: Actor, r: AccessRequestObject): Answer => {
    const readable = read(actor, r);
    return readable.allowed ? rule(actor, r) : readable;
  };

/** Governor, steward in scope; for a data product also its managers. */
const byReviewing = (actor: Actor, r: AccessRequestObject): Answer => {
  if (isGovernor(actor)) return yes('You hold Governance.');
  if (isStewardOfRequest(actor, r)) return yes('You are a steward of it.');
  if (r.target.type === 'DATA_PRODUCT') return byManaging(actor, r.target.domains);
  return {
    ...no('Only its stewards and holders of Governance may do this.'),
    needs: { permission: 'GOVERNANCE', scope: 'global', grantedBy: 'USER_ADMIN' },
  };
};

/** What earlier decisions suggest: `rev` on both kinds of target. */
const assess = (actor: Actor, r: AccessRequestObject): Answer =>
  isStewardOfRequest(actor, r) ? yes('You are a steward of it.') : byManaging(actor, r.target.domains);

/** The evidence: for those who review it, and for those who look at how it is reviewed. */
const inspect = (actor: Actor, r: AccessRequestObject): Answer => {
  const reviewed = assess(actor, r);
  if (reviewed.allowed) return reviewed;
  return isAuditor(actor, r)
    ? yes('You audit it.')
    : no('The evidence is for those who review or audit a request; its two people see the request itself.');
};

const assessTarget = (actor: Actor, target: DataProductObject | AssetObject): Answer => {
  if (target.kind === 'data-product' && target.deleted) return hidden();
  if (isSteward(actor, target.reviewers, target.domains)) return yes('You are a steward of it.');
  return byManaging(actor, target.domains);
};

/** One's own, or those of requests that one reviews; which these are is asked request by request. */
const assessExceptions = (actor: Actor, object: ExceptionsObject): Answer => {
  if (isSamePerson(actor, object)) return yes('They are your own.');
  if (isGovernor(actor)) return yes('You hold Governance.');
  if (object.callerReviews) return yes('You are a steward.');
  return actor.domainPermissions.some((d) => d.permission === 'Manage Data Products')
    ? yes('You manage data products.')
    : no('You may see your own masking exceptions, and those of requests that you review.');
};

const fourEyesDenied = (reason: string): Denied => ({ allowed: false, code: 'approval_record.four_eyes', reason });

const determine = (actor: Actor, r: AccessRequestObject): Answer => {
  const parties: RequestParties = { ...r, target: { domainIds: r.target.domains.map((d) => d.id) } };
  const own = fourEyesProblem(actor, parties, r);
  if (own !== null) return fourEyesDenied(own);
  if (r.records.some((record) => criteriaMet(actor, parties, { ...record, settings: r }).length > 0))
    return yes('You are a steward of it.');
  const barrier = r.records.map((record) => barrierProblem(actor, parties, { ...record, settings: r }));
  const reason = barrier.find((one) => one !== null);
  return reason === undefined
    ? no('Only the stewards that its review flow names may decide it.')
    : fourEyesDenied(reason);
};

/** Assigning other reviewers is for governors, and for none of the two people of the request. */
const reroute = (actor: Actor, r: AccessRequestObject): Answer => {
  if (!isGovernor(actor)) return needsGlobal('GOVERNANCE');
  return r.fourEyes && isParty(actor, r)
    ? fourEyesDenied('It is your request; another governor has to choose who decides it.')
    : yes('You hold Governance.');
};

const create = (actor: Actor, { beneficiary, targetDomains, onBehalf }: NewRequestObject): Answer => {
  if (actor.globalUserId === beneficiary.globalUserId) return yes('Everybody who is signed in may ask.');
  switch (onBehalf) {
    case 'anyone':
      return yes('Everybody who is signed in may ask on behalf of others.');
    case 'same_group':
      return beneficiary.groups.some((b) => actor.groups.some((a) => a.id === b.id))
        ? yes('You share a group.')
        : no('You may ask only for people who share a group with you.');
    case 'managers': {
      const answer = byManaging(actor, targetDomains);
      return answer.allowed
        ? answer
        : { ...answer, reason: `Only managers of the target may ask on behalf of others. ${answer.reason}` };
    }
    case 'nobody':
      return no('Nobody may ask on behalf of others here.');
  }
};

/** Access requests: reading, asking, deciding, ending. */
export const accessRequestRules: Rules<
  | 'access-request.read'
  | 'access-request.create'
  | 'access-request.cancel'
  | 'access-request.accept'
  | 'access-request.extend'
  | 'access-request.remind'
  | 'access-request.replace'
  | 'access-request.inspect'
  | 'access-request.assess'
  | 'access-request.determine'
  | 'access-request.reroute'
  | 'access-request.revoke'
  | 'access-request.retry'
> = {
  'access-request.read': (actor, r) =>
    r.kind === 'none' ? yes('Each request is asked about by itself.') : read(actor, r),
  'access-request.create': create,
  'access-request.cancel': amongReaders((actor, r) =>
    isParty(actor, r) ? yes('It is your request.') : no('Only the two people of a request may cancel it.'),
  ),
  'access-request.accept': amongReaders((actor, r) =>
    isSamePerson(actor, r.beneficiary)
      ? yes('The access is for you.')
      : no('Only the person who gets the access accepts its agreements.'),
  ),
  'access-request.extend': amongReaders((actor, r) =>
    isParty(actor, r) ? yes('It is your request.') : no('Only the two people of a request may extend it.'),
  ),
  'access-request.remind': amongReaders((actor, r) =>
    isParty(actor, r) ? yes('It is your request.') : no('Only the two people of a request may remind its reviewers.'),
  ),
  'access-request.replace': amongReaders((actor, r) =>
    isSamePerson(actor, r.requestingUser)
      ? yes('You made this request.')
      : no('Only who made a request may change its answers.'),
  ),
  'access-request.inspect': amongReaders(inspect),
  'access-request.assess': (actor, object) => {
    if (object.kind === 'exceptions') return assessExceptions(actor, object);
    return object.kind === 'access-request' ? amongReaders(assess)(actor, object) : assessTarget(actor, object);
  },
  'access-request.determine': amongReaders(determine),
  'access-request.reroute': amongReaders(reroute),
  'access-request.revoke': amongReaders((actor, r) =>
    isSamePerson(actor, r.beneficiary) ? yes('It is your access; you may give it back.') : byReviewing(actor, r),
  ),
  'access-request.retry': amongReaders(byReviewing),
};
