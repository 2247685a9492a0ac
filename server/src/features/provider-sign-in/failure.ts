import type { ProviderFailure } from '@stoa/contract/identity-provider-errors';
import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { EgressRefused } from '../../egress/egress-rules.ts';
import { EgressFailed } from '../../egress/guarded-fetch.ts';

export type Failure = {
  readonly code: ProviderFailure;
  /** For the audit and the log: neither a token nor a claim stands in it. */
  readonly reason: string;
  /** The provider's own word, such as `access_denied`. */
  readonly providerCode?: string;
};

/** Thrown where a rule of ours refuses; what libraries throw is read by `failureOf`. */
export class SignInRefused extends Error {
  readonly failure: Failure;
  constructor(code: ProviderFailure, reason: string) {
    super(reason);
    this.name = 'SignInRefused';
    this.failure = { code, reason };
  }
}

/** What a failed talk with a provider comes to. What is no failure of that kind is thrown again. */
export function failureOf(error: unknown): Failure {
  if (error instanceof SignInRefused) return error.failure;
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++)
    if (cause instanceof EgressRefused || cause instanceof EgressFailed)
      return { code: 'auth.provider_unreachable', reason: cause.message };
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    const providerCode = codeOf(error.error);
    return { code: 'auth.provider_refused', reason: `the provider said ${providerCode}`, providerCode };
  }
  if (error instanceof WWWAuthenticateChallengeError)
    return { code: 'auth.provider_refused', reason: `the provider answered ${error.status}` };
  if (error instanceof ClientError || (error instanceof Error && error.name === 'OperationProcessingError'))
    return { code: 'auth.provider_answer_refused', reason: [codeIn(error), error.message].filter(Boolean).join(': ') };
  // What openid-client says of an answer of another form, and `new URL` of an address that is none.
  if (error instanceof TypeError) return { code: 'auth.provider_answer_refused', reason: error.message.slice(0, 200) };
  throw error;
}

const codeIn = (error: Error): unknown => ('code' in error ? error.code : undefined);

/** A word of OAuth; whatever else somebody put there is not repeated. */
const codeOf = (error: string): string => (/^[a-zA-Z0-9_.-]{1,60}$/.test(error) ? error : 'an error without a code');
