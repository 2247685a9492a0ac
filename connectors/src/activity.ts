/** Where a reading ended, so that the next one goes on from there. Opaque to whoever keeps it. */
export type ActivityCursor = object;

/** Whence it is known who read what; `none`: the account is shown neither. */
export type ActivityWay = 'statistics' | 'log' | 'none';

/** One login read one object so many times since the last reading. No text of a query, and no value in it. */
export type ObjectUse = {
  readonly principalId: string;
  /** The login's name at the time of the reading. */
  readonly account: string;
  /** Platform id of the table, or of the view of ours that stands for it. */
  readonly objectId: string;
  readonly calls: number;
  /** Calls that may have meant another object of the same name. */
  readonly maybeCalls: number;
  /** Between these, in milliseconds of the platform's clock. */
  readonly firstAt: number;
  readonly lastAt: number;
};

export type ActivityReading = {
  readonly way: ActivityWay;
  readonly uses: readonly ObjectUse[];
  readonly cursor: ActivityCursor | null;
  /** Nothing is known of what was before: the first reading, or the platform has forgotten what it had counted. */
  readonly isBeginning: boolean;
  /** Statements that the platform forgot since the last reading, perhaps with calls that nobody has counted. */
  readonly forgotten: number;
  /** Calls of statements whose objects could not be told. */
  readonly unresolvedCalls: number;
};
