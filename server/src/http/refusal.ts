import { errorDefinitions, type ErrorCode, type Problem } from '@stoa/contract/error';
import { listed } from '@stoa/core/listed';
import type { ErrorDefinition } from '@stoa/contract/resource-errors';

export type RefusalFacts = {
  /** One or two sentences for a person: what happened here, and to whom to turn. Falls back to the code's own sentence. */
  detail?: string;
  errors?: { path: string; message: string }[];
  /** Members beside the standard ones that a program can act on, such as the id of the record that stands in the way. */
  extra?: Record<string, unknown>;
  headers?: Record<string, string>;
};

/** An expected failure. Everything else that is thrown is a bug and answers 500. */
export class Refusal extends Error {
  readonly code: ErrorCode;
  readonly facts: RefusalFacts;
  constructor(code: ErrorCode, facts: RefusalFacts = {}) {
    super(facts.detail ?? errorDefinitions[code].title);
    this.name = 'Refusal';
    this.code = code;
    this.facts = facts;
  }
}

export const notAuthenticated = (): Refusal =>
  new Refusal('auth.not_authenticated', { headers: { 'www-authenticate': 'Bearer realm="stoa"' } });

/** What was looked for stands in the log alone. */
export const notFound = (what: string): Refusal =>
  new Refusal('resource.not_found', { detail: `There is no such ${what}, or you may not see it.` });

/** Of several members exactly one has to come: none did, or more than one. */
export const notOne = (place: string, members: readonly string[]): Refusal => {
  const message = `must name exactly one of ${listed(members)}`;
  return new Refusal('request.malformed', { detail: `${place} ${message}.`, errors: [{ path: place, message }] });
};

const unseen = 'It does not exist, or you may not see it.';

/** What to do about a refusal, by what it says: who could be asked is not always known, nor which member is at fault. */
export function nextOf({ code, facts }: Refusal): string {
  const { next, nextWith }: ErrorDefinition = errorDefinitions[code];
  const withErrors = facts.errors === undefined ? undefined : nextWith?.errors;
  const withNeeds = facts.extra?.['needs'] === undefined ? undefined : nextWith?.needs;
  return withErrors ?? withNeeds ?? next;
}

/** The RFC 9457 body of a refusal. `message` and `statusCode` repeat members for clients of the published API. */
export function toProblem(refusal: Refusal, instance: string): Problem & Record<string, unknown> {
  const definition = errorDefinitions[refusal.code];
  // One sentence for all that is not there and all that may not be seen: another word would tell them apart.
  const detail = refusal.code === 'resource.not_found' ? unseen : (refusal.facts.detail ?? definition.title);
  return {
    ...refusal.facts.extra,
    type: `urn:stoa:error:${refusal.code}`,
    title: definition.title,
    status: definition.status,
    detail,
    code: refusal.code,
    next: nextOf(refusal),
    instance: `urn:stoa:call:${instance}`,
    ...(refusal.facts.errors === undefined ? {} : { errors: refusal.facts.errors }),
    message: detail,
    statusCode: definition.status,
  };
}
