import type { RequestType } from '@stoa/contract/enums';
import type { NotificationType } from '@stoa/contract/notification-type';
import { listed } from '../listed.ts';
import { type WaitingPeopleChange, waitingPeopleChange } from './words-people-change.ts';

/** What a message is about, with names as they are when it is told. */
export type MessageFacts = {
  readonly type: NotificationType;
  /** Who did it; null where it was the clock or Stoa itself. */
  readonly actor: string | null;
  readonly request?:
    | {
        readonly id: string;
        readonly type: RequestType;
        readonly status: string;
        readonly requester: string;
        readonly beneficiary: string;
        readonly isOnBehalf: boolean;
        readonly awaitsAcceptance: boolean;
        /** In words, in the reader's zone; null where it has no end. */
        readonly ends: string | null;
        /** How long was asked for, in words. */
        readonly asked: string | null;
        readonly columns: number;
        readonly reason: string | null;
      }
    | undefined;
  readonly target?:
    | { readonly id: string; readonly name: string; readonly kind: 'product' | 'asset'; readonly domain: string | null }
    | undefined;
  /** What the reader is to it. */
  readonly reader: { readonly isBeneficiary: boolean; readonly isRequester: boolean };
  /** Of the daily reminder: how many wait, and the first `mostListed` of them, the oldest first. */
  readonly waiting?:
    | { readonly count: number; readonly oldest: readonly { readonly id: string; readonly line: string }[] }
    | undefined;
  /** Of a failure: what the platform said. */
  readonly failure?: string | null | undefined;
  /** Of a webhook: its id and where it points. */
  readonly webhook?: { readonly id: string; readonly url: string } | undefined;
  /** Of a verification: its run, and how much it found. */
  readonly verification?:
    | {
        readonly id: string;
        readonly findings: number;
        readonly violated: readonly string[];
        /** Nothing was found, as it came to no end, or could not see everything. */
        readonly incomplete?: Incomplete | undefined;
      }
    | undefined;
  /** Of a login: what of it changed, and whether the reader did it. */
  readonly login?: { readonly changed: readonly string[]; readonly isOwnAct: boolean } | undefined;
  /** Of a masking exception: how many of its columns ended, and the first of them with why. */
  readonly ended?:
    | { readonly count: number; readonly columns: readonly { readonly column: string; readonly why: string }[] }
    | undefined;
  /** Of data sources: how many, and what the first of them are called. */
  readonly sources?: { readonly count: number; readonly names: readonly string[] } | undefined;
  /** Of a product: how sensitive its data is said to be, what it was before, and how many have the product. */
  readonly sensitivity?:
    | { readonly level: string; readonly before: string | null; readonly members: number }
    | undefined;
  /** Of a plan that takes back existing grants: where, how much, and who loses by it. */
  readonly takeBack?:
    | {
        readonly id: string;
        readonly connection: string;
        readonly statements: number;
        readonly losing: number;
        readonly ends: string;
      }
    | undefined;
  /** Of a change of people that waits for another user admin. */
  readonly peopleChange?: WaitingPeopleChange | undefined;
  /** Of an assignment to a request form. */
  readonly form?: { readonly id: string; readonly name: string } | undefined;
};

type Incomplete = {
  readonly outcome: 'UNCHECKED' | 'FAILED';
  readonly reasons: readonly { readonly what: string; readonly why: string }[];
};

export type Detail = { readonly label: string; readonly value: string };
export type MessageWords = {
  readonly subject: string;
  readonly message: string;
  readonly details: readonly Detail[];
  /** A page of the app, where the reader goes on; nothing is done by opening it. */
  readonly action: { readonly label: string; readonly path: string } | null;
};

/** So many requests a reminder names. */
export const mostListed = 20;

/** Names may hold anything; a subject is one line of a bearable length. */
export const oneLine = (text: string, most = 160): string => {
  const plain = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return plain.length <= most ? plain : `${plain.slice(0, most - 1).replace(/\p{Cs}$/u, '')}…`;
};

/** What a message says, in the four roads alike: a subject, a sentence or two, the facts, and a link. */
export function wordsOf(facts: MessageFacts): MessageWords {
  const { subject, message, action } = sentences[facts.type](facts);
  return { subject: oneLine(subject), message: oneLine(message, 600), details: detailsOf(facts), action };
}

type Sentences = Pick<MessageWords, 'subject' | 'message' | 'action'>;
const open = (label: string, path: string) => ({ label, path });

const nameOf = ({ target }: MessageFacts): string => target?.name ?? '';
const whoOf = ({ actor }: MessageFacts): string => actor ?? 'Stoa';
const loginWords: Readonly<Record<string, string>> = {
  username: 'user name',
  email: 'e-mail address',
  second_factor: 'second factor',
};
const changedOf = ({ login }: MessageFacts): string =>
  login?.changed.map((one) => loginWords[one] ?? one).join(' and ') ?? 'login';
/** Who reads on as before: a rise takes nothing from anybody. */
const membersOf = ({ sensitivity }: MessageFacts): string => {
  const { members = 0 } = sensitivity ?? {};
  return members === 0
    ? 'It has no members yet.'
    : `${members === 1 ? 'Its one member reads' : `Its ${members} members read`} on as before.`;
};
/** "a is", or "a, b and 5 others are". */
function sourcesOf({ sources }: MessageFacts): string {
  const { count = 0, names = [] } = sources ?? {};
  const others = count - names.length;
  const rest = others > 0 ? [names.length === 0 ? `${others} data sources` : `${others} others`] : [];
  return `${listed([...names, ...rest])} ${count === 1 ? 'is' : 'are'}`;
}
const endWords: Readonly<Record<string, string>> = {
  'column.gone': 'is gone',
  'column.type_changed': 'has a type of another kind',
  'column.unmasked': 'is not masked any more',
};
function endedColumns({ ended }: MessageFacts): string {
  const { count = 0, columns = [] } = ended ?? {};
  const named = columns.map(({ column, why }) => `${column} ${endWords[why] ?? 'ended'}`);
  const others = count - named.length;
  return listed(others > 0 ? [...named, others === 1 ? 'one other' : `${others} others`] : named);
}
const beneficiaryOf = ({ request }: MessageFacts): string => request?.beneficiary ?? '';
const reviewPage = (label: string, { request }: MessageFacts) => open(label, `/reviews/${request?.id ?? ''}`);
const requestPage = (label: string, { request }: MessageFacts) => open(label, `/requests/${request?.id ?? ''}`);

const cancels = (facts: MessageFacts): string =>
  whoOf(facts) === beneficiaryOf(facts)
    ? `${whoOf(facts)} canceled their request`
    : `${whoOf(facts)} canceled the request of ${beneficiaryOf(facts)}`;

const sentences: { readonly [T in NotificationType]: (facts: MessageFacts) => Sentences } = {
  ACCESS_REQUESTED: (facts) => ({
    subject: `${beneficiaryOf(facts)} asks for ${what(facts)}`,
    message: asks(facts),
    action: reviewPage('Review the request', facts),
  }),
  UNREGISTERED_ASSET_REQUESTED: (facts) => ({
    subject: `${whoOf(facts)} asks for ${nameOf(facts)}, which is not registered`,
    message: `${asks(facts)} No connection has it yet: register it, or decide on the request as it is.`,
    action: reviewPage('Review the request', facts),
  }),
  PENDING_REMINDER: (facts) => reminder(facts),
  DETERMINATION_MADE: (facts) => determination(facts),
  REQUEST_CANCELED: (facts) => ({
    subject: `The request for ${nameOf(facts)} was canceled`,
    message: `${cancels(facts)} for ${what(facts)}. Nothing is left to decide.${because(facts.request?.reason)}`,
    action: reviewPage('Open the request', facts),
  }),
  ACCESS_REVOKED: (facts) => ({
    subject: `Your access to ${nameOf(facts)} was revoked`,
    message: `${whoOf(facts)} ended your ${access(facts)}.${because(facts.request?.reason)}`,
    action: targetPage(facts),
  }),
  EXCEPTION_COLUMNS_ENDED: (facts) => ({
    subject: `${facts.ended?.count === 1 ? 'A column' : `${facts.ended?.count ?? 0} columns`} of your exception on ${nameOf(facts)} ended`,
    message: `What was approved is not there any more: ${endedColumns(facts)}. Your exception goes on for its other columns. Ask again if you need these in clear and they are masked.`,
    action: requestPage('Open the request', facts),
  }),
  ACCESS_EXPIRED: (facts) => ({
    subject: `Your access to ${nameOf(facts)} has ended`,
    message: `The time of your ${access(facts)} is over. Ask again if you still need it.`,
    action: targetPage(facts),
  }),
  ACCESS_EXPIRES_7D: (facts) => endsSoon(facts, 'in seven days'),
  ACCESS_EXPIRES_1D: (facts) => endsSoon(facts, 'in a day'),
  PRODUCT_DELETED_WITH_REQUEST: (facts) => ({
    subject: `${nameOf(facts)} is no longer there`,
    message: `${nameOf(facts)} was taken away, and what was asked for or given on it has ended.${because(facts.request?.reason)}`,
    action: null,
  }),
  PRODUCT_PUBLISHED: (facts) => ({
    subject: `${nameOf(facts)} is published`,
    message: `${whoOf(facts)} published ${nameOf(facts)}${inDomain(facts)}.`,
    action: targetPage(facts),
  }),
  PRODUCT_DELETED: (facts) => ({
    subject: `${nameOf(facts)} was deleted`,
    message: `${whoOf(facts)} deleted ${nameOf(facts)}${inDomain(facts)}.`,
    action: null,
  }),
  PRODUCT_SOURCES_UPDATED: (facts) => ({
    subject: `${nameOf(facts)} has other data sources`,
    message: `${whoOf(facts)} changed which data sources belong to ${nameOf(facts)}${inDomain(facts)}.`,
    action: targetPage(facts),
  }),
  PRODUCT_SOURCES_LEFT_DOMAIN: (facts) => ({
    subject: `${facts.sources?.count === 1 ? 'A data source' : `${facts.sources?.count ?? 0} data sources`} of ${nameOf(facts)} left its domains`,
    message: `${sourcesOf(facts)} in none of the domains of ${nameOf(facts)} any more. What its role on the platform holds already, its members and whoever gets it later go on reading; nothing more is granted to the role. Put them back into a domain of the product, or take them out of it.`,
    action: targetPage(facts),
  }),
  PRODUCT_SENSITIVITY_RAISED: (facts) => ({
    subject: `${nameOf(facts)} holds data of ${facts.sensitivity?.level ?? 'high'} sensitivity now`,
    message: `${whoOf(facts)} changed tags by which ${nameOf(facts)} holds data of ${facts.sensitivity?.level ?? 'high'} sensitivity; before, ${facts.sensitivity?.before == null ? 'nothing said that it was sensitive' : `it was ${facts.sensitivity.before}`}. ${membersOf(facts)} Look at its masks and its members.`,
    action: targetPage(facts),
  }),
  TAKE_BACK_WAITING: (facts) => takingBack(facts),
  PEOPLE_CHANGE_WAITING: (facts) => waitingPeopleChange(whoOf(facts), facts.peopleChange),
  STEWARD_ASSIGNED: (facts) => assignment(facts),
  REQUEST_FOR_YOU: (facts) => ({
    subject: `${whoOf(facts)} asked for ${nameOf(facts)} for you`,
    message: facts.request?.awaitsAcceptance
      ? `${whoOf(facts)} asked for ${what(facts)} on your behalf. Read and accept its agreements; access waits for that.`
      : `${whoOf(facts)} asked for ${what(facts)} on your behalf.`,
    action: requestPage('Open the request', facts),
  }),
  PROVISIONING_FAILED: (facts) => failed(facts),
  REQUEST_UNREVIEWABLE: (facts) => ({
    subject: `Nobody can decide on a request for ${nameOf(facts)}`,
    message: `Nobody who may decide on the request of ${beneficiaryOf(facts)} is left. Give it to other people.`,
    action: reviewPage('Reassign the request', facts),
  }),
  WEBHOOK_SUPPRESSED: ({ webhook }) => ({
    subject: 'A webhook was switched off',
    message: `${webhook?.url ?? 'A receiver'} took nothing for too long, so nothing is sent there any more. What was missed can be sent again.`,
    action: open('Open its deliveries', `/admin/webhooks/${webhook?.id ?? ''}`),
  }),
  LOGIN_CHANGED: (facts) => ({
    subject: `Your ${changedOf(facts)} changed`,
    message: `${facts.login?.isOwnAct === true ? 'You' : whoOf(facts)} changed the ${changedOf(facts)} of your account. If you did not expect it, end your other sessions, look at your tokens, and tell a user admin.`,
    action: open('Look at your sessions', '/me/account'),
  }),
  VERIFICATION_VIOLATED: ({ verification }) => {
    const page = `/admin/verification/${verification?.id ?? ''}`;
    if (verification?.incomplete !== undefined)
      return { ...unverified(verification.incomplete), action: open('Open the verification', page) };
    return {
      subject: 'The nightly verification found what should not be',
      message: `${verification?.findings === 1 ? 'There is one finding' : `There are ${verification?.findings ?? 0} findings`} (${verification?.violated.join(', ') ?? ''}). Each says what should be there, what is, and what to do next.`,
      action: open('Open the findings', page),
    };
  },
};

function unverified({ outcome, reasons }: Incomplete): Pick<Sentences, 'subject' | 'message'> {
  const why = reasons.map((reason) => `${reason.what}: ${reason.why}`).join('; ');
  if (outcome === 'FAILED')
    return { subject: 'The nightly verification failed', message: `Nothing was verified. ${why}` };
  return {
    subject: 'The nightly verification could not check everything',
    message: `What was checked holds. Not checked: ${why}.`,
  };
}

const endsSoon = (facts: MessageFacts, left: string): Sentences => ({
  subject: `Your access to ${nameOf(facts)} ends ${left}`,
  message: `Your ${access(facts)} ends on ${facts.request?.ends ?? 'its last day'}. Ask for an extension if you still need it.`,
  action: requestPage('Extend the access', facts),
});

/** "Claims 360", or "3 masked columns of Claims 360". */
function what({ request, target }: MessageFacts): string {
  const name = target?.name ?? '';
  if (request?.type !== 'MASKING_EXCEPTION') return name;
  return request.columns === 1 ? `a masked column of ${name}` : `${request.columns} masked columns of ${name}`;
}
const access = (facts: MessageFacts): string =>
  facts.request?.type === 'MASKING_EXCEPTION' ? `clear view of ${what(facts)}` : `access to ${what(facts)}`;
const because = (reason: string | null | undefined): string =>
  reason === null || reason === undefined || reason.trim() === '' ? '' : ` Reason: ${oneLine(reason, 300)}`;
const inDomain = ({ target }: MessageFacts): string =>
  target?.domain === null || target?.domain === undefined ? '' : ` in ${target.domain}`;

function asks(facts: MessageFacts): string {
  const { request } = facts;
  const verb = request?.type === 'MASKING_EXCEPTION' ? 'see in clear' : 'read';
  const time = request?.asked === null || request?.asked === undefined ? 'without an end' : `for ${request.asked}`;
  const object = what(facts);
  return request?.isOnBehalf === true
    ? `${request.requester} asks that ${request.beneficiary} may ${verb} ${object} ${time}.`
    : `${request?.beneficiary ?? ''} asks to ${verb} ${object} ${time}.`;
}

function targetPage({ target }: MessageFacts): MessageWords['action'] {
  if (target === undefined) return null;
  return target.kind === 'product'
    ? open('Open the data product', `/products/${target.id}`)
    : open('Open the asset', `/assets/${target.id}`);
}

function determination(facts: MessageFacts): Sentences {
  const { request, reader, target } = facts;
  const name = target?.name ?? '';
  const isApproved = request?.status === 'APPROVED';
  const verdict = isApproved ? 'approved' : 'denied';
  const end = isApproved && request?.ends ? ` It ends on ${request.ends}.` : '';
  const by = facts.actor === null ? 'By its review flow.' : `By ${facts.actor}.`;
  const tail = `${by}${end}${because(request?.reason)}`;
  const own = open('Open the request', `/requests/${request?.id ?? ''}`);
  if (reader.isBeneficiary || reader.isRequester) {
    const whose = reader.isBeneficiary ? 'Your request' : `Your request for ${request?.beneficiary ?? ''}`;
    const page = isApproved && reader.isBeneficiary ? targetPage(facts) : own;
    return {
      subject: `${name}: ${verdict}`,
      message: `${whose} for ${what(facts)} was ${verdict}. ${tail}`,
      action: page,
    };
  }
  return {
    subject: `${name}: the request of ${request?.beneficiary ?? ''} was ${verdict}`,
    message: `The request of ${request?.beneficiary ?? ''} for ${what(facts)} was ${verdict}. ${tail}`,
    action: open('Open the request', `/reviews/${request?.id ?? ''}`),
  };
}

/** The digest of the day; or that somebody asks to have one request decided. */
function reminder(facts: MessageFacts): Sentences {
  const { waiting } = facts;
  if (waiting === undefined)
    return {
      subject: `${whoOf(facts)} reminds you of the request for ${what(facts)}`,
      message: `${asks(facts)} It has waited for more than a day.`,
      action: reviewPage('Review the request', facts),
    };
  const { count } = waiting;
  const first = waiting.oldest[0];
  return {
    subject: count === 1 ? 'A request waits for you' : `${count} requests wait for you`,
    message:
      count === 1
        ? `${first?.line ?? ''} It has waited for more than a day.`
        : `${count} requests have waited for more than a day. The oldest: ${first?.line ?? ''}`,
    action:
      count === 1
        ? open('Review the request', `/reviews/${first?.id ?? ''}`)
        : open('Open your queue', '/reviews?status=PENDING&reviewStatus=awaitingReviewFromYou'),
  };
}

function assignment(facts: MessageFacts): Sentences {
  const { form, target, actor } = facts;
  const object = form?.name ?? target?.name ?? '';
  return {
    subject: `You decide on requests for ${object}`,
    message: `${actor ?? 'Stoa'} made you a data steward: the review flow of ${object} names you from now on.`,
    action: form === undefined ? targetPage(facts) : open('Open the request form', `/manage/forms/${form.id}`),
  };
}

function takingBack(facts: MessageFacts): Sentences {
  const { id = '', connection = '', statements = 0, losing = 0, ends = '' } = facts.takeBack ?? {};
  const many = statements === 1 ? 'one statement' : `${statements} statements`;
  const who = losing === 0 ? 'Nobody loses' : losing === 1 ? 'One person loses' : `${losing} people lose`;
  return {
    subject: `A plan that takes back grants on ${connection} waits for a second person`,
    message: `${whoOf(facts)} filed a plan of ${many} to take back what others gave. ${who} access by it. It waits until ${ends}: confirm it or decline it.`,
    action: open('Open the plan', `/admin/connections/${encodeURIComponent(connection)}?tab=drift&row=${id}`),
  };
}

function failed(facts: MessageFacts): Sentences {
  const { request, target, failure, reader } = facts;
  const name = target?.name ?? '';
  const status = open('Open the status', `/requests/${request?.id ?? ''}`);
  if (reader.isBeneficiary)
    return {
      subject: `Your access to ${name} is delayed`,
      message: `Your ${access(facts)} is approved, and the platform has not taken it yet. Stoa goes on trying.`,
      action: status,
    };
  const isRemoval = request?.status !== 'APPROVED';
  const thing = `${request?.beneficiary ?? ''} ${isRemoval ? 'could not be removed from' : 'could not be given access to'} ${name}`;
  return {
    subject: isRemoval ? `Removing access to ${name} failed` : `Giving access to ${name} failed`,
    message: `${thing}. Stoa goes on trying.${failure ? ` The platform said: ${oneLine(failure, 300)}` : ''}`,
    action: status,
  };
}

function detailsOf({ type, request, target, waiting }: MessageFacts): readonly Detail[] {
  const rows: [string, string | null | undefined][] = [];
  if (waiting !== undefined)
    return waiting.oldest.slice(0, mostListed).map(({ line }, at) => ({ label: `${at + 1}`, value: oneLine(line) }));
  if (target !== undefined)
    rows.push([target.kind === 'product' ? 'Data product' : 'Asset', target.name], ['Domain', target.domain]);
  if (request !== undefined && type !== 'STEWARD_ASSIGNED') {
    rows.push(['For', request.beneficiary]);
    if (request.isOnBehalf) rows.push(['Asked by', request.requester]);
    if (request.type === 'MASKING_EXCEPTION') rows.push(['Masked columns', String(request.columns)]);
    if (request.status === 'PENDING') rows.push(['Duration', request.asked ?? 'Without an end']);
    if (request.status === 'APPROVED') rows.push(['Ends', request.ends ?? 'Without an end']);
  }
  return rows.flatMap(([label, value]) => (value ? [{ label, value: oneLine(value) }] : []));
}
