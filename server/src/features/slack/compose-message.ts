import type { Evidence } from '@stoa/contract/evidence';
import { counted, dateWords, escaped, line, periodWords, shortened } from './words.ts';
import type { MessageFacts } from './read-message-facts.ts';

/** A block of Slack's Block Kit. */
export type Block = Readonly<Record<string, unknown>>;
export type Message = {
  /** What a notification shows, and a reader for whom blocks are nothing. */
  readonly text: string;
  readonly blocks: readonly Block[];
};

/** What a button of ours is about; `value` is the id of the approval record. */
export const choices = ['stoa.approve', 'stoa.approve_for', 'stoa.deny'] as const;
export type ChoiceId = (typeof choices)[number];

// `verbatim`: what others typed becomes neither a mention nor a link.
export const marked = (text: string): Block => ({ type: 'mrkdwn', text, verbatim: true });
export const plain = (text: string, max = 75): Block => ({
  type: 'plain_text',
  text: shortened(text, max),
  emoji: false,
});
export const section = (text: string): Block => ({ type: 'section', text: marked(shortened(text, 2_900)) });
export const context = (text: string): Block => ({ type: 'context', elements: [marked(shortened(text, 1_900))] });

export const targetName = ({ request }: Evidence): string =>
  request.dataProduct?.name ?? request.asset?.name ?? 'something that is gone';

/** A message about one request for one reader: who, what, for how long, at which risk; and what they may do about it. */
export function composeRequest(facts: MessageFacts | undefined, link: string): Message {
  if (facts === undefined) {
    const text = 'A request that you were asked to decide is not yours to decide any more.';
    return { text, blocks: [section(text)] };
  }
  const { evidence } = facts;
  const text = `${evidence.requester.person.name} asks for ${targetName(evidence)}`;
  return {
    text: line(text, 500),
    blocks: [
      { type: 'header', text: plain(text, 150) },
      { type: 'section', fields: fieldsOf(evidence).map(marked) },
      context(placeOf(facts)),
      ...noticesOf(evidence).map(section),
      ...outcomeOf(facts),
      { type: 'actions', elements: buttonsOf(facts, link) },
    ],
  };
}

function fieldsOf(evidence: Evidence): string[] {
  const { requester, beneficiary, assist, request } = evidence;
  const isForOther = requester.person.globalUserId !== beneficiary.person.globalUserId;
  const groups = beneficiary.groups.slice(0, 3).join(', ');
  const who = `${line(beneficiary.person.name)}${groups === '' ? '' : ` (${line(groups)})`}`;
  const period = request.requestedDuration;
  return [
    `*${isForOther ? 'For' : 'Who'}*\n${who}`,
    `*What*\n${whatOf(evidence)}`,
    `*For how long*\n${period === null || period === undefined ? 'Without an end' : periodWords(period.amount, period.unit)}`,
    `*Risk*\n${riskWords(assist)}`,
  ];
}

function whatOf(evidence: Evidence): string {
  const name = line(targetName(evidence));
  if (evidence.request.type === 'MASKING_EXCEPTION')
    return `${counted(evidence.maskingColumns.length, 'masked column')} of ${name} in clear`;
  const { sources } = evidence;
  return sources.length === 0 ? `Reads ${name}` : `Reads ${counted(sources.length, 'source')} of ${name}`;
}

export const riskNames = {
  HIGH: 'High',
  MODERATE: 'Moderate',
  LOW: 'Low',
  INDETERMINATE: 'Too few earlier decisions',
  PENDING: 'Not computed yet',
} as const;

function riskWords(assist: Evidence['assist']): string {
  const name = riskNames[assist.approvalRisk];
  return 'nAllowed' in assist ? `${name}: ${assist.nAllowed} like it approved, ${assist.nDenied} denied` : name;
}

function placeOf({ evidence, domains }: MessageFacts): string {
  const { request, precedent, sources, requester, beneficiary } = evidence;
  const isForOther = requester.person.globalUserId !== beneficiary.person.globalUserId;
  const has = sources.filter((s) => s.effect === 'HAS_ACCESS').length;
  const closed = sources.filter((s) => s.effect === 'PREVENTED').length;
  const [last] = precedent.approvals;
  return [
    ...(domains.length > 0 ? [line(domains.join(', '))] : []),
    ...(isForOther ? [`asked by ${line(requester.person.name)}`] : []),
    `asked ${dateWords(request.createdAt)}`,
    ...(request.progress !== undefined && request.progress.total > 1
      ? [`${request.progress.satisfied} of ${counted(request.progress.total, 'stage')} decided`]
      : []),
    ...(has > 0 ? [`${has} of ${counted(sources.length, 'source')} open to them already`] : []),
    ...(closed > 0 ? [`${counted(closed, 'source')} kept closed by a guardrail`] : []),
    ...(last?.actionBy === undefined || last.actionBy === null
      ? []
      : [`last approved by ${line(last.actionBy.name)} ${dateWords(last.updatedAt)}`]),
  ].join('  ·  ');
}

/** The facts that no statistics outweigh; what is merely worth knowing stands in the web app. */
const noticesOf = ({ signals, request }: Evidence): string[] =>
  request.status === 'PENDING'
    ? signals.filter((s) => s.severity !== 'info').map((s) => `*Note:* ${line(s.text, 600)}`)
    : [];

const endings: Readonly<Record<string, string>> = {
  APPROVED: 'Approved',
  DENIED: 'Denied',
  CANCELED: 'Canceled',
  REVOKED: 'Revoked',
  EXPIRED: 'Expired',
};

/** What became of it, or why the reader has nothing to decide. */
function outcomeOf({ evidence, decision }: MessageFacts): Block[] {
  const { request } = evidence;
  const decided = evidence.records.filter((r) => r.status === 'APPROVED' || r.status === 'DENIED');
  const lines = decided.map((record) => {
    const period =
      record.duration === null || record.durationUnit === null
        ? ''
        : ` for ${periodWords(record.duration, record.durationUnit)}`;
    const reason = record.reason === undefined ? '' : `: ${line(record.reason, 300)}`;
    return `*${endings[record.status]}*${period} by ${line(record.actionBy?.name ?? 'the review flow')}${reason}`;
  });
  const ending = endings[request.status];
  const isToldByRecord = decided.some((record) => record.status === request.status);
  if (ending !== undefined && !isToldByRecord)
    lines.push(`*${ending}*${request.decisionReason === undefined ? '' : `: ${line(request.decisionReason, 300)}`}`);
  if (request.status === 'APPROVED' && request.expiration !== undefined)
    lines.push(`Access ends ${dateWords(request.expiration)}`);
  if (request.status === 'PENDING' && !decision.allowed) lines.push(`_${escaped(decision.reason)}_`);
  return lines.length === 0 ? [] : [section(lines.slice(0, 12).join('\n'))];
}

function buttonsOf({ decision, recordIds: [recordId] }: MessageFacts, link: string): Block[] {
  const open = { type: 'button', action_id: 'stoa.open', text: plain('Open in Stoa'), url: link };
  if (!decision.allowed || recordId === undefined) return [open];
  const button = (choice: ChoiceId, label: string, style?: 'primary' | 'danger'): Block => ({
    type: 'button',
    action_id: choice,
    value: recordId,
    text: plain(label),
    ...(style === undefined ? {} : { style }),
  });
  return [
    button('stoa.approve', 'Approve…', 'primary'),
    button('stoa.approve_for', 'Approve for a time…'),
    button('stoa.deny', 'Deny…', 'danger'),
    open,
  ];
}

type Notice = {
  readonly subject: string;
  readonly message: string;
  readonly details: readonly { readonly label: string; readonly value: string }[];
  readonly action: { readonly label: string; readonly url: string } | null;
};

/** Any other message: a sentence, the facts, and where to look. */
export function composeNotice({ subject, message, details, action }: Notice): Message {
  const facts = details.slice(0, 10).map(({ label, value }) => marked(`*${line(label)}*\n${line(value, 600) || '–'}`));
  return {
    text: line(subject, 500),
    blocks: [
      section(`*${line(subject, 300)}*\n${escaped(shortened(message, 2_000))}`),
      ...(facts.length === 0 ? [] : [{ type: 'section', fields: facts }]),
      ...(action === null
        ? []
        : [
            {
              type: 'actions',
              elements: [{ type: 'button', action_id: 'stoa.open', text: plain(action.label), url: action.url }],
            },
          ]),
    ],
  };
}
