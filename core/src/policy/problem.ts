import type { AskedValue } from '../condition/names.ts';

/** What is wrong with a policy: which member, why, and in a text also where. */
export type PolicyProblem = {
  readonly path: string;
  readonly message: string;
  /** Counted in UTF-16 units from the start of the text, as editors do; line and column count from one. */
  readonly place?: { readonly at: number; readonly line: number; readonly column: number };
};

/** The place of an offset in a text. */
export function placeOf(text: string, at: number): { at: number; line: number; column: number } {
  const before = text.slice(0, at).split('\n');
  return { at, line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

export type NameKind = 'attribute' | 'group' | 'tag';
/** A name that a policy uses: an error where nothing has it (governance.md 9). */
export type UsedPolicyName = {
  readonly kind: NameKind;
  readonly name: string;
  /** Of an attribute, the values that are asked for; absent: any. */
  readonly values?: readonly AskedValue[];
  readonly path: string;
  /** Where in the text at `path`; left out where the member is the name itself. */
  readonly place?: PolicyProblem['place'];
};

const words: Readonly<Record<NameKind, string>> = {
  attribute: 'No person and no group has an attribute',
  group: 'There is no group',
  tag: 'There is no tag',
};

/** One problem per name that is not known. */
export const unknownNames = (
  used: readonly UsedPolicyName[],
  known: Readonly<Record<NameKind, ReadonlySet<string>>>,
): readonly PolicyProblem[] =>
  used
    .filter(({ kind, name }) => !known[kind].has(name))
    .map(({ kind, name, path, place }) => ({
      path,
      message: `${words[kind]} "${name}".`,
      ...(place === undefined ? {} : { place }),
    }));
