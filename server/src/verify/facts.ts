/** A person as policies ask about them; every text in NFC. */
export type PersonFact = {
  readonly id: string;
  readonly username: string;
  readonly iam: string | null;
  readonly isActive: boolean;
  readonly groups: ReadonlySet<string>;
  /** Their own values and those of their groups. */
  readonly attributes: ReadonlyMap<string, ReadonlySet<string>>;
};

/** A registered source as policies ask about it; every text in NFC. */
export type SourceFact = {
  readonly id: number;
  readonly objectId: string;
  readonly connectionId: string;
  readonly connectionKey: string;
  readonly hostname: string | null;
  readonly path: readonly string[];
  readonly tags: ReadonlySet<string>;
  readonly columns: readonly ColumnFact[];
  readonly domains: ReadonlySet<string>;
  /** The platform's own id of the table; null when no crawl has seen it. */
  readonly nativeId: string | null;
  /** Enabled, on the platform, and not held back until an owner confirms. */
  readonly isOpen: boolean;
  /** What Stoa says of how it is read: at its own name, through a view, or by nobody. Null: it says nothing. */
  readonly exposure: 'open' | 'view' | 'closed' | null;
};
export type ColumnFact = { readonly ordinal: number; readonly name: string; readonly tags: ReadonlySet<string> };

export type PolicyFact = {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  /** `grant`, `guardrail`, `mask`, `reveal`, `row`. */
  readonly kind: string;
  readonly scope: string;
  readonly domainId: string | null;
  readonly sourceId: number | null;
  readonly body: PolicyBody;
  /** Source ids of which an owner has decided something; `owned` are those of the author. */
  readonly owned: ReadonlySet<number>;
  readonly selected: ReadonlySet<number>;
  readonly certified: ReadonlySet<number>;
  readonly off: ReadonlySet<number>;
};

/** As it is stored; every member may be missing in a body written by another version. */
export type PolicyBody = {
  readonly accessType?: string | undefined;
  readonly level?: string | undefined;
  readonly condition?: string | undefined;
  readonly users?: readonly string[] | undefined;
  readonly certification?: unknown;
  readonly circumstances?: readonly CircumstanceFact[];
  readonly circumstanceOperator?: string;
  readonly action?: {
    readonly kind: string;
    readonly target?: TargetFact;
    readonly where?: string;
    readonly ifTagMissing?: string;
    readonly row?: { readonly columnTag?: string; readonly ifTagMissing?: string; readonly predicate?: string };
  };
};
export type CircumstanceFact = {
  readonly type: string;
  readonly tag?: string;
  readonly regex?: string;
  readonly caseInsensitive?: boolean;
  readonly connectionKey?: string;
  readonly objectPath?: readonly string[];
};
export type TargetFact = {
  readonly columns: string;
  readonly tag?: string;
  readonly regex?: string;
  readonly caseInsensitive?: boolean;
};

/** A request for access that was approved once. */
export type ApprovalFact = {
  readonly id: string;
  readonly targetId: string;
  readonly beneficiary: string;
  readonly status: string;
  readonly notAfter: Date | null;
  readonly endedAt: Date | null;
  readonly decidedAt: Date | null;
  readonly awaitsAcceptance: boolean;
};

/** A product or an asset: what it opens. */
export type TargetFactRow = {
  readonly id: string;
  readonly label: string;
  readonly isClosed: boolean;
  /** By source id: whether it lies outside the domains of its product. */
  readonly sources: ReadonlyMap<number, { readonly isOutside: boolean }>;
};

/** Who somebody is on one connection; only those that may be written there. */
export type LoginFact = { readonly personId: string; readonly principal: string; readonly name: string };

export type ConnectionFact = {
  readonly id: string;
  readonly key: string;
  readonly technology: string;
  readonly state: string;
  readonly downSince: Date | null;
};

/** An open finding of what others have done on a platform: recorded, and therefore no violation. */
export type RecordedFact = {
  readonly finding: string;
  readonly container: string | null;
  readonly objectId: string | null;
  readonly principalId: string | null;
};
