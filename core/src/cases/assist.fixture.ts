import type { History, PastDetermination } from '../assist/past-determination.ts';
import type { Candidate } from '../assist/request-traits.ts';

const purposeId = '00000000-0000-4000-8000-00000000000a';
const freeTextId = '00000000-0000-4000-8000-00000000000b';
const groupNames = ['Analysts', 'Contractors', 'Interns', 'Staff', 'Zebra'];

/** `groups`, `attributes` as `name=value`, the option chosen for “Purpose”, and what was typed into a free-text question. */
export type TraitsText = {
  readonly groups?: readonly string[];
  readonly attributes?: readonly string[];
  readonly purpose?: string;
  readonly text?: string;
};
/** Several equal determinations, `every` so many days apart, the newest `ago` days old. */
export type GroupOfPast = TraitsText & {
  readonly times?: number;
  readonly outcome: 'APPROVED' | 'DENIED';
  readonly ago?: number;
  readonly every?: number;
  readonly days?: number;
  readonly reason?: string;
};

const groupOf = (name: string) => ({ id: groupNames.indexOf(name) + 1, name });
const attributeOf = (text: string) => {
  const [name = '', value = ''] = text.split('=');
  return { name, value };
};
const answersOf = ({ purpose, text }: TraitsText): Candidate['answers'] => [
  ...(purpose === undefined
    ? []
    : [{ fieldId: purposeId, label: 'Purpose', type: 'DROPDOWN' as const, value: purpose }]),
  ...(text === undefined ? [] : [{ fieldId: freeTextId, label: 'Why', type: 'SHORT_ANSWER' as const, value: text }]),
];

export const asCandidate = (text: TraitsText): Candidate => ({
  groups: (text.groups ?? []).map(groupOf),
  attributes: (text.attributes ?? []).map(attributeOf),
  answers: answersOf(text),
});

const asPast = (groups: readonly GroupOfPast[], now: number): PastDetermination[] =>
  groups.flatMap((group, which) =>
    Array.from({ length: group.times ?? 1 }, (_, place) => ({
      ...asCandidate(group),
      requestId: `q${which}-${String(place).padStart(3, '0')}`,
      outcome: group.outcome,
      at: now - ((group.ago ?? 0) + place * (group.every ?? 0)) * 86_400_000,
      days: group.days ?? null,
      reason: group.reason === undefined ? null : group.reason.replace('#', String(place)),
    })),
  );

export const asHistory = (given: { readonly [K in keyof History]?: readonly GroupOfPast[] }, now: number): History => ({
  target: asPast(given.target ?? [], now),
  domain: asPast(given.domain ?? [], now),
  form: asPast(given.form ?? [], now),
});
