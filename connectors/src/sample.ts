import type { ValueTest } from '@stoa/core/identification/plan-questions';

/** How many values of which columns pass which tests, within how many rows. */
export type SampleQuery = {
  readonly objectPath: readonly string[];
  /** The platform's own id of the object; a name that means another one by now is not read. */
  readonly platformId: string;
  readonly rows: number;
  readonly columns: readonly {
    readonly name: string;
    /** `key`: what the answer calls the test; unique within the column. */
    readonly tests: readonly { readonly key: number; readonly test: ValueTest }[];
  }[];
};

/** Why an object or a column was not looked at. */
export type SampleRefusal =
  | 'missing'
  | 'privilege'
  | 'row_security'
  | 'foreign_code'
  | 'foreign_table'
  | 'locked'
  | 'timeout'
  | 'type'
  | 'failed';

export type ColumnSample = {
  readonly name: string;
  /** Rows that were looked at. */
  readonly rows: number;
  readonly nonNull: number;
  /** By the key of the test; a test that was not answered is absent. */
  readonly hits: readonly { readonly key: number; readonly hits: number }[];
};

/** Counts, and nothing of what was counted. */
export type SampleCounts = {
  readonly columns: readonly ColumnSample[];
  /** Of the whole object when `column` is null. */
  readonly refused: readonly { readonly column: string | null; readonly reason: SampleRefusal }[];
};
