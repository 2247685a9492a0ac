import type { Tx } from '../db/pool.ts';
import { checkAudit } from './check-audit.ts';
import { checkNothingLost, checkOnce, checkSeparation } from './check-decisions.ts';
import { checkIdempotency, checkIsolation, checkSecrets } from './check-rows.ts';
import { checkStatus } from './check-status.ts';
import { checkDeliveries, checkMessages } from './check-told.ts';
import type { Checked, InvariantId } from './finding.ts';

/** What the verifier of the audit chain came to. */
export type AuditChain = {
  readonly findings: readonly { readonly place: string; readonly detail: string }[];
  readonly unchecked: readonly string[];
  readonly notes: readonly string[];
};

/** What the checks of stored rows may be told beside the rows themselves. */
export type StoredAsk = {
  /** A list of determinations that were acknowledged to callers, one id or JSON object a line. */
  readonly journal?: string;
  /** A list of secrets that must stand nowhere in clear, one a line. */
  readonly canaries?: string;
  /** Recomputes the audit chain with what is kept outside of the database, and was read before. */
  readonly auditChain?: (tx: Tx) => Promise<AuditChain>;
};

export type StoredCheck = {
  readonly invariant: InvariantId;
  readonly check: (tx: Tx, ask: StoredAsk) => Promise<Omit<Checked, 'invariant'>>;
};

/** The invariants that are checked in the application database alone. */
export const storedChecks: readonly StoredCheck[] = [
  { invariant: 'I4', check: checkNothingLost },
  { invariant: 'I5', check: checkStatus },
  { invariant: 'I6', check: checkOnce },
  { invariant: 'I7', check: checkDeliveries },
  { invariant: 'I8', check: checkMessages },
  { invariant: 'I9', check: checkAudit },
  { invariant: 'I10', check: checkSeparation },
  { invariant: 'I13', check: checkSecrets },
  { invariant: 'I14', check: checkIsolation },
  { invariant: 'I15', check: checkIdempotency },
];
