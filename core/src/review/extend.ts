import type { RequestStatus } from '@stoa/contract/enums';
import type { Instant } from '../person.ts';
import { type Refused, refused } from '../refusal.ts';
import type { GivenAnswers } from './check-answers.ts';

/** So long before its end access can be extended (product.md 15.11): seven days. */
export const extensionWindowMs = 7 * 86_400_000;

export type ExtensionInput = {
  readonly status: RequestStatus;
  /** Null: without end. */
  readonly expiration: Instant | null;
  readonly now: Instant;
};
/** `extend` while access holds, `renew` once it has ended. */
export type Extension = { readonly ok: true; readonly kind: 'extend' | 'renew' };

/**
 * Whether access can be extended, or asked for again after its end, with the earlier answers. What is made is a request of
 * its own: approved in time, access runs on without a gap to the later end; otherwise the old end stands.
 */
export const checkExtension = ({ status, expiration, now }: ExtensionInput): Extension | Refused => {
  if (status === 'EXPIRED' || (status === 'APPROVED' && expiration !== null && expiration <= now))
    return { ok: true, kind: 'renew' };
  if (status !== 'APPROVED')
    return refused(
      'access_request.not_extendable',
      `The request is ${status}; only approved access has an end to move.`,
      { requestStatus: status },
    );
  if (expiration === null)
    return refused('access_request.not_extendable', 'The access has no end.', { requestStatus: status });
  if (now < expiration - extensionWindowMs)
    return refused('access_request.extension_too_early', 'Access can be extended from 7 days before its end.', {
      from: new Date(expiration - extensionWindowMs).toISOString(),
    });
  return { ok: true, kind: 'extend' };
};

type EarlierAnswer = { readonly fieldId: string; readonly type: string; readonly value: unknown };

/**
 * What was given and, for questions left out, what was answered the last time, where the form still asks for the same kind
 * of answer. Agreements are never carried over.
 */
export const withEarlierAnswers = (
  given: GivenAnswers['answers'],
  earlier: readonly EarlierAnswer[],
  fields: readonly { readonly id: string; readonly type: string }[],
): GivenAnswers['answers'] => [
  ...given,
  ...earlier
    .filter((e) => fields.some((f) => f.id === e.fieldId && f.type === e.type))
    .filter((e) => !given.some((g) => g.fieldId === e.fieldId))
    .map(({ fieldId, value }) => ({ fieldId, value })),
];
