import type { ErrorDefinition } from './resource-errors.ts';

/** Failures of files that are imported; `error.ts` joins them to the rest. */
export const importErrors = {
  'import.unreadable': {
    status: 422,
    title: 'The file cannot be read as a table of this kind.',
    next: 'Mend what detail names, then send it again.',
  },
  'import.refused': {
    status: 422,
    title: 'Rows of the file are refused, so that nothing of it was applied.',
    next: 'Mend or leave out the rows named in rows; a dry run tells all of them.',
  },
  'import.running': {
    status: 409,
    title: 'Another file is being applied.',
    next: 'Wait a moment, then try it again.',
  },
  'import.changed': {
    status: 409,
    title: 'The file would do something else now than it would have when it was tried.',
    next: 'Try it again, look at the outcome, then apply it.',
  },
} as const satisfies Record<string, ErrorDefinition>;
