import type { Exposure } from '@stoa/contract/enums';
import type { Masking, MaskingType } from '@stoa/contract/masking';
import type { StoredDataPolicy } from '@stoa/contract/policy';
import type { SourceFacts } from '../condition/model.ts';
import type { Predicate } from './predicate.ts';

/** A data policy that may be in force. `number` grows with age. */
export type DataPolicy = Pick<
  StoredDataPolicy,
  'id' | 'number' | 'policyKey' | 'name' | 'scope' | 'body' | 'decisions'
>;

export type SourceColumn = {
  /** The platform's number of the column; it stays when the column is renamed. */
  readonly ordinal: number;
  readonly name: string;
  readonly nativeType: string;
  readonly family: ColumnFamily;
  /** Whole dot paths in NFC. */
  readonly tags: ReadonlySet<string>;
};

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

/** A data source as data policies see it. */
export type GovernedSource = {
  readonly facts: SourceFacts;
  readonly domainIds: ReadonlySet<string>;
  readonly columns: readonly SourceColumn[];
  readonly exposure: Exposure;
};

/** What the platform can do about masks and rows. */
export type MaskAbilities = {
  readonly maskTypes: ReadonlySet<MaskingType>;
  readonly rowKinds: ReadonlySet<string>;
  /** Expressions of custom masks that the platform was shown to take: `customKey` of source, column and expression. */
  readonly provenCustom: ReadonlySet<string>;
};

/** Why the chosen mask became `null`: never clear text, never an error in the reader's query. */
export type DegradedWhy =
  | 'type.family'
  | 'type.too_short'
  | 'type.literal'
  | 'type.bucket'
  | 'type.unit'
  | 'pattern.refused'
  | 'custom.not_proven';

/** How one column is shown to whom, before keys are given out. */
export type ColumnVerdict = {
  readonly ordinal: number;
  readonly name: string;
  readonly policyId: string;
  readonly policyKey: string;
  readonly policyName: string;
  /** The tag of the policy's target; null where it names no tag. */
  readonly matchedTag: string | null;
  /** Keys of the policies that lost against this one. */
  readonly outranked: readonly string[];
  readonly chosen: MaskingType;
  readonly masking: Masking;
  readonly degradedTo: MaskingType | null;
  readonly degradedWhy: DegradedWhy | null;
  /** Of a cell mask: the rows in which it masks; null masks all rows. */
  readonly where: Predicate | null;
  readonly who: MaskWho;
  /** Conditions of `reveal` policies on the column. */
  readonly reveals: readonly string[];
  /** An approved exception shows the column in clear. */
  readonly isLiftable: boolean;
};

export type MaskWho =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'everyoneExcept'; readonly condition: string }
  | { readonly kind: 'everyoneWho'; readonly condition: string; readonly otherwise: Masking | 'deny' | 'none' };

export type RowVerdict = {
  readonly policyId: string;
  readonly policyKey: string;
  readonly policyName: string;
  readonly who: {
    readonly kind: MaskWho['kind'];
    readonly condition: string | null;
    readonly otherwise: 'deny' | 'none';
  };
  readonly rule: RowTest;
};

/** `never` keeps no row. */
export type RowTest =
  | { readonly kind: 'predicate'; readonly predicate: Predicate }
  | {
      readonly kind: 'time';
      readonly tag: string;
      readonly keep: 'newerThan' | 'olderThan';
      readonly amount: number;
      readonly unit: 'hours' | 'days' | 'months';
    }
  | { readonly kind: 'never' };

/** Something that a policy says and the platform cannot do: the source is granted to nobody until that changes. */
export type NotEnforceable = {
  readonly policyId: string;
  readonly policyKey: string;
  readonly column: string | null;
  readonly reason:
    | 'mask.not_supported'
    | 'mask.predicate'
    | 'row.not_supported'
    | 'row.predicate'
    | 'row.tag_ambiguous'
    | 'row.column_type';
};

/** What data policies make of one source. */
export type SourceVerdict = {
  readonly dataSourceId: number;
  readonly columns: readonly ColumnVerdict[];
  readonly rows: readonly RowVerdict[];
  readonly notEnforceable: readonly NotEnforceable[];
  /** Policies left out because the source lacks a tag that they name. */
  readonly skipped: readonly string[];
  /** Columns that nobody has looked at since they were found: not shown while the source is protected. */
  readonly withheld: readonly string[];
  readonly exposure: Exposure;
};

/** True where the source must not be read at its own name. */
export const isProtected = ({ columns, rows, notEnforceable, exposure }: SourceVerdict): boolean =>
  exposure === 'views' || columns.length + rows.length + notEnforceable.length > 0;
