import type { RequestStatus } from '@stoa/contract/enums';
import { isSamePerson, type PersonRef } from '../person.ts';
import { type Refused, refused } from '../refusal.ts';
import type { Agreement } from './form.ts';

/**
 * Whether access waits until the beneficiary has accepted the agreements of the request: who asks accepts for themself, and
 * for nobody else (product.md 6).
 */
export const awaitsBeneficiary = (request: {
  readonly agreements: readonly Agreement[];
  readonly requestingUser: PersonRef;
  readonly beneficiary: PersonRef;
}): boolean => request.agreements.length > 0 && !isSamePerson(request.requestingUser, request.beneficiary);

export type AcceptanceInput = {
  readonly status: RequestStatus;
  /** The clock is past the end that was approved. */
  readonly isOver: boolean;
  readonly awaitsAcceptance: boolean;
  /** As they were pinned when the request was made. */
  readonly pinned: readonly Agreement[];
  /** What the beneficiary read: each with its version, so that nobody accepts a text that was not shown. */
  readonly read: readonly { readonly id: string; readonly version: number }[];
};

/** Whether the beneficiary may accept now. It may be done before the decision as well as after it, once, and for all of them. */
export const checkAcceptance = (input: AcceptanceInput): { readonly ok: true } | Refused => {
  const { status, pinned } = input;
  if ((status !== 'PENDING' && status !== 'APPROVED') || input.isOver)
    return refused('agreement.nothing_to_accept', 'The request is over; there is no access to accept anything for.', {
      requestStatus: status,
    });
  if (!input.awaitsAcceptance)
    return refused('agreement.nothing_to_accept', 'Every agreement of this request is accepted already.', {
      requestStatus: status,
    });
  const missing = pinned.filter((a) => !input.read.some((r) => r.id === a.id && r.version === a.version));
  if (missing.length === 0) return { ok: true };
  return refused('agreement.required', 'Accept every agreement of the request, in the version it was made under.', {
    agreements: missing.map((a) => a.id),
  });
};
