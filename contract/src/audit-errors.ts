import type { ErrorDefinition } from './resource-errors.ts';

/** Failures of the audit trail and its export. */
export const auditErrors = {
  'audit.secret_needed': {
    status: 422,
    title: 'The secret key of the bucket is missing.',
    next: 'Send it again: a stored one is used for the same endpoint and key id alone.',
  },
  'audit.unavailable': {
    status: 503,
    title: 'The audit trail cannot be written, so nothing was changed.',
    next: 'Reading works. Ask an administrator to look at the log of the server, then try again.',
  },
} as const satisfies Record<string, ErrorDefinition>;
