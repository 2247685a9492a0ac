import type { RequestType } from '@stoa/contract/enums';
import { replaceEqualDeep } from '@tanstack/react-query';
import { type Asking, askingOf, type ProductDraft, sourceRefsOf } from './product-draft.ts';

/** What two people may change at the same time without getting in each other's way. */
export type ProductPart =
  | 'domains'
  | 'sources'
  | 'name'
  | 'description'
  | 'expert'
  | 'DATA_ACCESS.formId'
  | 'DATA_ACCESS.flow'
  | 'MASKING_EXCEPTION.formId'
  | 'MASKING_EXCEPTION.flow'
  | 'owners';

type PartOf = {
  readonly part: ProductPart;
  /** What is compared. */
  readonly valueOf: (draft: ProductDraft) => unknown;
  /** A draft with this part of another. */
  readonly take: (to: ProductDraft, from: ProductDraft) => ProductDraft;
  /** For lists: what each of two people put in and took out. */
  readonly join?: (to: ProductDraft, sides: Sides) => ProductDraft;
};
type Sides = { readonly base: ProductDraft; readonly theirs: ProductDraft; readonly mine: ProductDraft };

/** The order of members says nothing: it is another one when the server gives them back. */
const isSame = (a: unknown, b: unknown): boolean => replaceEqualDeep(a, b) === a;

/** Their list, without what I took out of the one we both began with, and with what I put in. */
export function joinedList<T>(base: readonly T[], theirs: readonly T[], mine: readonly T[], idOf: (one: T) => string) {
  const ids = (list: readonly T[]) => new Set(list.map(idOf));
  const [inBase, inTheirs, inMine] = [ids(base), ids(theirs), ids(mine)];
  return [
    ...theirs.filter((one) => inMine.has(idOf(one)) || !inBase.has(idOf(one))),
    ...mine.filter((one) => !inBase.has(idOf(one)) && !inTheirs.has(idOf(one))),
  ];
}

const asked = <K extends keyof Asking>(type: RequestType, member: K): PartOf => ({
  part: `${type}.${member}`,
  valueOf: (draft) => askingOf(draft, type)[member],
  take: (to, from) => ({
    ...to,
    asking: { ...to.asking, [type]: { ...to.asking[type], [member]: askingOf(from, type)[member] } },
  }),
});

const parts: readonly PartOf[] = [
  {
    part: 'domains',
    valueOf: ({ domains }) => domains,
    take: (to, { domains }) => ({ ...to, domains }),
    join: (to, { base, theirs, mine }) => ({
      ...to,
      domains: joinedList(base.domains, theirs.domains, mine.domains, (id) => id),
    }),
  },
  {
    part: 'sources',
    valueOf: sourceRefsOf,
    take: (to, { sources }) => ({ ...to, sources }),
    join: (to, { base, theirs, mine }) => ({
      ...to,
      sources: new Set(joinedList([...base.sources], [...theirs.sources], [...mine.sources], (id) => id)),
    }),
  },
  { part: 'name', valueOf: ({ name }) => name.trim(), take: (to, { name }) => ({ ...to, name }) },
  {
    part: 'description',
    valueOf: ({ description }) => description,
    take: (to, { description }) => ({ ...to, description }),
  },
  { part: 'expert', valueOf: ({ expert }) => expert.id, take: (to, { expert }) => ({ ...to, expert }) },
  asked('DATA_ACCESS', 'formId'),
  asked('DATA_ACCESS', 'flow'),
  asked('MASKING_EXCEPTION', 'formId'),
  asked('MASKING_EXCEPTION', 'flow'),
  {
    part: 'owners',
    valueOf: ({ owners }) => owners.map((one) => one.id),
    take: (to, { owners }) => ({ ...to, owners }),
    join: (to, { base, theirs, mine }) => ({
      ...to,
      owners: joinedList(base.owners, theirs.owners, mine.owners, (one) => one.id),
    }),
  },
];

/** Masking exceptions as a choice of their own, so that each part can be put in. */
const apart = (draft: ProductDraft): ProductDraft => ({
  ...draft,
  asking: { DATA_ACCESS: askingOf(draft, 'DATA_ACCESS'), MASKING_EXCEPTION: askingOf(draft, 'MASKING_EXCEPTION') },
});

/** As the draft said it: alike still, unless what was put in tells them apart. */
const together = (draft: ProductDraft): ProductDraft => ({
  ...draft,
  masksAlike: draft.masksAlike && isSame(draft.asking.DATA_ACCESS, draft.asking.MASKING_EXCEPTION),
});

/** A draft with some parts of another. */
export const withPartsOf = (to: ProductDraft, from: ProductDraft, some: readonly ProductPart[]): ProductDraft =>
  together(parts.filter((one) => some.includes(one.part)).reduce((draft, one) => one.take(draft, from), apart(to)));

/** Those of some parts in which two drafts differ. */
export const differingParts = (a: ProductDraft, b: ProductDraft, some: readonly ProductPart[]): ProductPart[] =>
  parts.filter((one) => some.includes(one.part) && !isSame(one.valueOf(a), one.valueOf(b))).map((one) => one.part);

export type Merged = {
  readonly draft: ProductDraft;
  /** What somebody else changed and the draft follows. */
  readonly followed: readonly ProductPart[];
  /** What both changed, each in another way: the draft keeps its own until somebody says whose goes on. */
  readonly both: readonly ProductPart[];
};

/**
 * A draft over what is saved now, where it was begun over something else: what its writer did not touch follows, and of
 * lists each keeps what they put in and took out. `sent` is what the writer has just saved: it is no news, and no longer
 * their own alone.
 */
export function mergeDraft({ base, theirs, mine }: Sides, sent: ProductDraft | undefined): Merged {
  let draft = apart(mine);
  const followed: ProductPart[] = [];
  const both: ProductPart[] = [];
  for (const { part, valueOf, take, join } of parts) {
    const [was, now, own] = [valueOf(base), valueOf(theirs), valueOf(mine)];
    const mySave = sent === undefined ? was : valueOf(sent);
    if (isSame(now, was)) continue;
    if (isSame(own, now)) {
      draft = take(draft, theirs);
      continue;
    }
    if (sent !== undefined && isSame(now, mySave)) continue;
    if (isSame(own, was) || isSame(own, mySave)) {
      draft = take(draft, theirs);
      followed.push(part);
    } else if (join !== undefined) {
      draft = join(draft, { base, theirs, mine });
      followed.push(part);
    } else both.push(part);
  }
  return { draft: together(draft), followed, both };
}
