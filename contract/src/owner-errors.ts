import type { ErrorDefinition } from './resource-errors.ts';

/** Failures of roles on the object tree, and of what owners decide; `error.ts` joins them to the rest. */
export const ownerErrors = {
  'data_object.principal_unknown': {
    status: 422,
    title: 'A user or group does not exist.',
    next: 'Leave out the principals named in detail.',
  },
  'data_object.not_held': {
    status: 409,
    title: 'The object is not on hold.',
    next: 'Load it again; somebody has confirmed it already.',
  },
  'source_policy.refused': {
    status: 409,
    title: 'This cannot be done with the policy on this data source now.',
    next: 'Load the policies of the data source again; detail says what stands in the way.',
  },
  'source_policy.reason_missing': {
    status: 422,
    title: 'Switching a policy off needs a reason.',
    next: 'Say why in reason; it is shown beside the policy.',
  },
} as const satisfies Record<string, ErrorDefinition>;
