import { type Asked, type Unlikeness, unlikenessOf } from '@stoa/contract/alike-requests';
import type { RiskAssessment } from '@stoa/contract/assist';
import { listed } from '@stoa/core/listed';
import { Refusal } from '../../http/refusal.ts';
import type { LoadedRequest } from './load-requests.ts';

/** The pass that a decision is a part of, and what its request is held against. */
export type BulkPart = {
  readonly id: string;
  /** How many requests were given with it. */
  readonly count: number;
  /** What the first of them asked for. Absent where the caller reviews none of them. */
  readonly like: Asked | undefined;
  /** As it was when the pass began. Absent where it is not for the caller, or was not known. */
  readonly risk: RiskAssessment['approvalRisk'] | undefined;
};

/** What the audit entry of a decision says of the pass that it is a part of. */
export const toldOf = (bulk: BulkPart | undefined) => bulk && { id: bulk.id, count: bulk.count };

/** What a request asked for, to be compared with others. */
export const askedByLoaded = (request: LoadedRequest): Asked => ({
  targetId: request.target_id,
  type: request.type,
  formVersion: request.form_version,
  answers: request.form.answers,
  columns: Array.isArray(request.metadata['columns']) ? request.metadata['columns'] : [],
});

const words: Readonly<Record<Unlikeness, string>> = {
  TARGET: 'another product or asset',
  TYPE: 'another kind of access',
  FORM: 'another version of the form',
  ANSWERS: 'other answers',
  COLUMNS: 'other columns',
};

/** What is decided in one pass asks for the same, and nothing in it needs a look of its own (interface.md S6, reliability.md T29). */
export function checkBulk(request: LoadedRequest, { like, risk }: BulkPart): void {
  const differs = like === undefined ? [] : unlikenessOf(like, askedByLoaded(request));
  if (differs.length > 0) {
    const detail = `It differs from the first of these requests: ${listed(differs.map((what) => words[what]))}. It was not decided.`;
    throw new Refusal('access_request.not_alike', { detail, extra: { requestId: request.id, differs } });
  }
  if (risk === 'LOW') return;
  const known =
    risk === undefined || risk === 'INDETERMINATE' || risk === 'PENDING'
      ? 'Its risk is not known'
      : `Its risk is ${risk.toLowerCase()}`;
  throw new Refusal('access_request.not_low_risk', {
    detail: `${known}. It was not decided.`,
    extra: { requestId: request.id, ...(risk === undefined ? {} : { approvalRisk: risk }) },
  });
}
