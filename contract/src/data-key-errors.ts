import type { ErrorDefinition } from './resource-errors.ts';

/** Failures of the keys that seal stored secrets; `error.ts` joins them to the rest. */
export const dataKeyErrors = {
  'data_key.rotation_running': {
    status: 409,
    title: 'The keys are being rotated already.',
    next: 'Wait until that rotation has ended.',
  },
  'data_key.root_key_changed': {
    status: 409,
    title: 'The root key was changed, and this Stoa still runs with the former one.',
    next: 'Have every Stoa of this database started again with the new root key.',
  },
} as const satisfies Record<string, ErrorDefinition>;
