import { durationUnit } from '@stoa/contract/enums';
import { z } from 'zod';
import { type Block, type ChoiceId, choices, context, plain, section, targetName } from './compose-message.ts';
import type { MessageFacts } from './read-message-facts.ts';
import { counted, line, periodWords } from './words.ts';

/** A view of Block Kit: what `views.open` and the answer to a submission take. */
export type View = Readonly<Record<string, unknown>>;

export const dialogId = 'stoa.decide';

/** What a dialog carries from its opening to its submission; Slack gives it back as it was. */
export const carried = z.object({
  choice: z.enum(choices),
  recordId: z.string().max(64),
  requestId: z.string().max(64),
  /** To whom the message was sent from which it was opened. */
  readerId: z.uuid(),
  /** The plan as it was when the dialog was opened. */
  planHash: z.string().max(128).optional(),
});
export type Carried = z.infer<typeof carried>;

const usualPeriod = { amount: 90, unit: 'DAYS' } as const;
const labels: Readonly<Record<ChoiceId, { title: string; submit: string }>> = {
  'stoa.approve': { title: 'Approve', submit: 'Approve' },
  'stoa.approve_for': { title: 'Approve for a time', submit: 'Approve for a time' },
  'stoa.deny': { title: 'Deny', submit: 'Deny' },
};

/** The dialog of one decision: what it comes to, the period, and the reason, which has to be typed. */
export function composeDialog({ evidence }: MessageFacts, carries: Carried): View {
  const { choice } = carries;
  return {
    type: 'modal',
    callback_id: dialogId,
    private_metadata: JSON.stringify(carries),
    title: plain(labels[choice].title, 24),
    submit: plain(labels[choice].submit, 24),
    close: plain('Cancel', 24),
    blocks: [
      section(effectOf(evidence, choice)),
      ...(choice === 'stoa.approve_for' ? periodInputs(evidence.request.requestedDuration ?? usualPeriod) : []),
      {
        type: 'input',
        block_id: 'reason',
        label: plain('Reason'),
        element: { type: 'plain_text_input', action_id: 'reason', multiline: true, min_length: 1, max_length: 3_000 },
        hint: plain('Kept with the decision.', 150),
      },
    ],
  };
}

function effectOf(evidence: MessageFacts['evidence'], choice: ChoiceId): string {
  const { beneficiary, decision, sources, request, maskingColumns } = evidence;
  const name = `*${line(beneficiary.person.name)}*`;
  const target = `*${line(targetName(evidence))}*`;
  if (choice === 'stoa.deny') return `${name} does not get ${target}. This ends the request.`;
  const what =
    request.type === 'MASKING_EXCEPTION'
      ? `sees ${counted(maskingColumns.length, 'masked column')} of ${target} in clear`
      : `reads ${sources.length === 0 ? '' : `${counted(sources.length, 'source')} of `}${target}`;
  const period = choice === 'stoa.approve' ? ' without an end' : '';
  const shortest = decision.shortestSoFar;
  return [
    `${name} ${what}${period}, ${decision.final ? 'as soon as you approve' : 'once the others have approved as well'}.`,
    ...(shortest === null
      ? []
      : [
          `Somebody approved for ${periodWords(shortest.duration, shortest.durationUnit)}; the shortest period applies.`,
        ]),
  ].join('\n');
}

const unitNames = { HOURS: 'Hours', DAYS: 'Days', WEEKS: 'Weeks', MONTHS: 'Months', YEARS: 'Years' } as const;

function periodInputs(period: { amount: number; unit: keyof typeof unitNames }): Block[] {
  const options = durationUnit.options.map((unit) => ({ text: plain(unitNames[unit]), value: unit }));
  return [
    {
      type: 'input',
      block_id: 'duration',
      label: plain('For how many'),
      element: {
        type: 'number_input',
        action_id: 'duration',
        is_decimal_allowed: false,
        min_value: '1',
        initial_value: String(period.amount),
      },
    },
    {
      type: 'input',
      block_id: 'durationUnit',
      label: plain('Unit'),
      element: {
        type: 'static_select',
        action_id: 'durationUnit',
        options,
        initial_option: options.find((option) => option.value === period.unit),
      },
    },
  ];
}

/** A dialog that only says something. */
export const composeAnswer = (title: string, text: string): View => ({
  type: 'modal',
  callback_id: 'stoa.told',
  title: plain(title, 24),
  close: plain('Close', 24),
  blocks: [section(text), context('Messages about this request are brought up to date by themselves.')],
});
