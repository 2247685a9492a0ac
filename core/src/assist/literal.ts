import type { PastDetermination } from './past-determination.ts';
import type { Candidate, RequestTraits } from './request-traits.ts';

/** One quality that requests may have in common: a group of the beneficiary, an attribute value, a chosen option. */
type Quality = {
  readonly kind: 'group' | 'attribute' | 'answer';
  /** Tells it from all others; the rest is for reading. */
  readonly key: string;
  readonly name: string;
  readonly value: string;
};
/** A quality that the request has, or (`negation`) truly lacks while earlier requests had it. */
export type Literal = Quality & { readonly negation: boolean };

const group = ({ id, name }: RequestTraits['groups'][number]): Quality => ({
  kind: 'group',
  key: `group ${id}`,
  name,
  value: '',
});
const attribute = ({ name, value }: RequestTraits['attributes'][number]): Quality => ({
  kind: 'attribute',
  key: `attribute ${JSON.stringify([name, value])}`,
  name,
  value,
});

/** Free text, several ticks and periods are never compared: only one option of a few can mean the same twice. */
function choicesOf(answers: RequestTraits['answers'], labels: ReadonlyMap<string, string>): Quality[] {
  return answers.flatMap(({ fieldId, type, value }) => {
    const name = labels.get(fieldId);
    if (type !== 'DROPDOWN' || typeof value !== 'string' || value === '' || name === undefined) return [];
    return [{ kind: 'answer' as const, key: `answer ${JSON.stringify([fieldId, value])}`, name, value }];
  });
}

/** The comparable qualities of a request by their keys. `labels` are the questions that the candidate was asked. */
function qualitiesOf(traits: RequestTraits, labels: ReadonlyMap<string, string>): ReadonlyMap<string, Quality> {
  const all = [...traits.groups.map(group), ...traits.attributes.map(attribute), ...choicesOf(traits.answers, labels)];
  return new Map(all.map((one) => [one.key, one]));
}

/** A literal with the places of the earlier requests for which its quality (not its negation) holds. */
export type PlacedLiteral = Literal & { readonly holders: ReadonlySet<number> };

/** Every literal that is true of the candidate, in the order that settles ties: positive before negated, kind, name, value. */
export function literalsOf(candidate: Candidate, past: readonly PastDetermination[]): readonly PlacedLiteral[] {
  const labels = new Map(candidate.answers.map((a) => [a.fieldId, a.label]));
  const own = qualitiesOf(candidate, labels);
  const known = new Map<string, Quality>();
  const holders = new Map<string, Set<number>>();
  past.forEach((one, place) => {
    for (const [key, quality] of qualitiesOf(one, labels)) {
      if (!known.has(key)) known.set(key, quality);
      holders.set(key, (holders.get(key) ?? new Set()).add(place));
    }
  });
  const literals = [...known].map(([key, quality]): PlacedLiteral => {
    const mine = own.get(key);
    return { ...(mine ?? quality), negation: mine === undefined, holders: holders.get(key) ?? new Set() };
  });
  return literals.sort(inOrder);
}

const kinds = ['group', 'attribute', 'answer'] as const;

function inOrder(a: PlacedLiteral, b: PlacedLiteral): number {
  if (a.negation !== b.negation) return a.negation ? 1 : -1;
  return (
    kinds.indexOf(a.kind) - kinds.indexOf(b.kind) ||
    compare(a.name, b.name) ||
    compare(a.value, b.value) ||
    compare(a.key, b.key)
  );
}

/** By code units, so that no locale has a say. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
