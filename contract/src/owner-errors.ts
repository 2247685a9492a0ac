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
} as const satisfies Record<string, ErrorDefinition>;
