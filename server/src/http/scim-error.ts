import { type ErrorCode, errorDefinitions } from '@stoa/contract/error';
import { scimUrns } from '@stoa/contract/scim-path';
import { nextOf, type Refusal } from './refusal.ts';

/** RFC 7644, 3.12: the words by which directories tell failures apart. */
const types: Partial<Record<ErrorCode, string>> = {
  'scim.filter_refused': 'invalidFilter',
  'scim.path_refused': 'invalidPath',
  'scim.no_target': 'noTarget',
  'scim.value_refused': 'invalidValue',
  'scim.body_refused': 'invalidSyntax',
  'request.malformed': 'invalidSyntax',
  'scim.read_only': 'mutability',
  'scim.taken': 'uniqueness',
  'user.username_taken': 'uniqueness',
  'group.name_taken': 'uniqueness',
};

export type ScimError = { schemas: string[]; status: string; scimType?: string; detail: string };

/** A refusal as a directory is told it: what happened, and what to do next, in one sentence after the other. */
export function toScimError(refusal: Refusal): ScimError {
  const { status, title } = errorDefinitions[refusal.code];
  const scimType = types[refusal.code];
  return {
    schemas: [scimUrns.error],
    status: String(status),
    ...(scimType === undefined ? {} : { scimType }),
    detail: `${refusal.facts.detail ?? title} ${nextOf(refusal)}`,
  };
}
