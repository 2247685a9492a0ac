/** What a predicate about the rows of one table can be made of (governance.md 10). It has no statement and no second table. */
export type Operand =
  /** The column with this tag; never a physical name, so that one policy serves many tables. */
  | { readonly kind: 'column'; readonly tag: string }
  | { readonly kind: 'text'; readonly value: string }
  /** Digits as they were written. */
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'user'; readonly field: UserField }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly of: readonly Operand[] };

export type UserField = 'username' | 'iam';
export type FunctionName = 'lower' | 'upper' | 'trim' | 'length' | 'coalesce';
export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Predicate =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Predicate[] }
  | { readonly kind: 'not'; readonly part: Predicate }
  | { readonly kind: 'compare'; readonly op: Comparison; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'isNull'; readonly operand: Operand; readonly negated: boolean }
  | { readonly kind: 'in'; readonly operand: Operand; readonly among: readonly Operand[]; readonly negated: boolean }
  | { readonly kind: 'like'; readonly operand: Operand; readonly pattern: string; readonly negated: boolean }
  /** One of the reader's values of the attribute is the operand. `placeholder` stands in where they have none. */
  | {
      readonly kind: 'attributeContains';
      readonly name: string;
      readonly operand: Operand;
      readonly placeholder: string | null;
    }
  | { readonly kind: 'groupsContain'; readonly operand: Operand; readonly placeholder: string | null }
  /** The reader holds the value; one that ends in `.*` is held by whoever holds anything at or below it. */
  | { readonly kind: 'hasAttribute'; readonly name: string; readonly value: string }
  /** The reader is in all of them. */
  | { readonly kind: 'isInGroups'; readonly groups: readonly string[] };

/** What has to be known of readers, on the platform, so that a predicate can be judged there. */
export type ReaderFacts = {
  readonly attributes: ReadonlySet<string>;
  readonly groups: boolean;
  readonly fields: ReadonlySet<UserField>;
};

/** What some predicates ask of readers, and of the table. */
export function readOf(predicates: readonly Predicate[]): ReaderFacts & { readonly tags: ReadonlySet<string> } {
  const seen = { attributes: new Set<string>(), groups: false, fields: new Set<UserField>(), tags: new Set<string>() };
  const operand = (one: Operand): void => {
    if (one.kind === 'column') seen.tags.add(one.tag);
    if (one.kind === 'user') seen.fields.add(one.field);
    if (one.kind === 'call') one.of.forEach(operand);
  };
  const predicate = (one: Predicate): void => {
    switch (one.kind) {
      case 'and':
      case 'or':
        one.parts.forEach(predicate);
        return;
      case 'not':
        predicate(one.part);
        return;
      case 'compare':
        operand(one.left);
        operand(one.right);
        return;
      case 'in':
        operand(one.operand);
        one.among.forEach(operand);
        return;
      case 'isNull':
      case 'like':
        operand(one.operand);
        return;
      case 'attributeContains':
        seen.attributes.add(one.name);
        operand(one.operand);
        return;
      case 'groupsContain':
        seen.groups = true;
        operand(one.operand);
        return;
      case 'hasAttribute':
        seen.attributes.add(one.name);
        return;
      case 'isInGroups':
        seen.groups = true;
        return;
    }
  };
  predicates.forEach(predicate);
  return seen;
}
