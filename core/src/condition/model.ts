/** What a string of a condition may name of the object or of the user; filled in when a person and a source are at hand. */
export const variables = ['hostname', 'database', 'schema', 'table', 'iam', 'username'] as const;
export type Variable = (typeof variables)[number];

/** A string with its variables. Texts and variables alternate freely; neighbouring texts are one text. */
export type Template = readonly TemplatePart[];
export type TemplatePart = { readonly text: string } | { readonly variable: Variable };

/** Whose tags a call looks at: the data source's own, or those of any of its columns. */
export type TagsOf = 'dataSource' | 'column';

/** `at`: where the call begins in the text it was read from, so that an unknown name can be pointed at. */
export type Call =
  | {
      readonly name: 'hasAttribute';
      readonly attribute: Template;
      readonly value: Template;
      /** Written with a trailing `.*`: the value or anything below it. */
      readonly below: boolean;
      readonly at: number;
    }
  | { readonly name: 'isInGroups'; readonly groups: readonly Template[]; readonly at: number }
  | { readonly name: 'hasTagAsAttribute'; readonly attribute: Template; readonly of: TagsOf; readonly at: number }
  | { readonly name: 'hasTagAsGroup'; readonly of: TagsOf; readonly at: number };

/** A condition of governance.md 9. `and` and `or` have two operands or more, none of them of the same kind. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Condition[] }
  | { readonly kind: 'not'; readonly operand: Condition }
  | { readonly kind: 'call'; readonly call: Call };

/** What conditions ask about a person; made by `personFacts`, so that every text is in NFC. */
export type PersonFacts = {
  readonly globalUserId: string;
  readonly username: string;
  readonly iam: string | null;
  readonly groups: ReadonlySet<string>;
  /** The person's own values and those of their groups. */
  readonly attributes: ReadonlyMap<string, ReadonlySet<string>>;
};

/** What conditions and circumstances ask about a data source; made by `sourceFacts`. */
export type SourceFacts = {
  readonly dataSourceId: number;
  readonly connectionKey: string;
  readonly hostname: string | null;
  /** From the database down to the table. */
  readonly objectPath: readonly string[];
  /** The whole dot paths, derived ones included, disabled ones not. */
  readonly tags: ReadonlySet<string>;
  readonly columns: readonly ColumnFacts[];
};

export type ColumnFacts = { readonly name: string; readonly tags: ReadonlySet<string> };
