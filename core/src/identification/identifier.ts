import type { ValidatorName } from './validators.ts';

export type CriteriaType = 'regex' | 'dictionary' | 'columnNameRegex';

/** Kinds of column, as connectors name them. */
export type ColumnFamily =
  | 'text'
  | 'integer'
  | 'decimal'
  | 'float'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | 'time'
  | 'uuid'
  | 'binary'
  | 'json'
  | 'other';

/** Words of a column's name that make a value more likely. */
export type NameHint = {
  readonly words: readonly string[];
  /** Without one of the words the identifier says nothing about a column. */
  readonly isRequired: boolean;
  /** Taken instead of the pattern where a word is there: forms that would say too little by themselves. */
  readonly pattern?: string;
};

/** What finds one kind of data (governance.md 5). */
export type Identifier = {
  /** Built-in ones have numbers below 1,000; of two, the smaller is the older. */
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly criteriaType: CriteriaType;
  /** Of values, or of the column's name. Whole ones are matched. */
  readonly pattern: string | null;
  /** Of a dictionary. */
  readonly values: readonly string[];
  readonly caseSensitive: boolean;
  /** Share of the non-null values of a sample that must match; above 0, at most 1. */
  readonly minHitRatio: number;
  /** Dot paths of the tags that a column gets. */
  readonly tags: readonly string[];
  /** 0 to 100: how little else such values could be. */
  readonly specificity: number;
  readonly validator: ValidatorName | null;
  readonly isBuiltIn: boolean;
  readonly families: readonly ColumnFamily[];
  readonly hint: NameHint | null;
};

/** Values are looked at, and at most one such identifier tags a column. */
export const isCompetitive = (identifier: Pick<Identifier, 'criteriaType'>): boolean =>
  identifier.criteriaType !== 'columnNameRegex';

/** Columns whose values are looked at by identifiers of an installation's own. */
export const readableFamilies: readonly ColumnFamily[] = ['text', 'integer', 'decimal', 'uuid'];

/** The words of a name, in small letters: `PrivatePhone_2` is private, phone and 2. */
export const wordsOf = (name: string): readonly string[] =>
  name
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');

/** Whether the name of a column holds one of the words. */
export const hasHint = (hint: NameHint, columnName: string): boolean =>
  wordsOf(columnName).some((word) => hint.words.includes(word));
