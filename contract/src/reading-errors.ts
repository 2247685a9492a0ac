import type { ErrorDefinition } from './resource-errors.ts';

/** Failures of lists and reports. */
export const readingErrors = {
  'report.at_in_future': {
    status: 400,
    title: 'The moment that was asked about has not come yet.',
    next: 'Name one that has passed, or none to ask about now.',
  },
  'drift.closed': {
    status: 409,
    title: 'The platform does not differ in this any more.',
    next: 'Load the list again.',
  },
  'drift.mends_itself': {
    status: 409,
    title: 'Stoa mends this by itself, so that it cannot be left as it is.',
    next: 'Change what is approved, if the platform is right.',
  },
  'page.token_invalid': {
    status: 400,
    title: 'The nextToken is not one of this list.',
    next: 'Leave it out to start from the beginning.',
  },
} as const satisfies Record<string, ErrorDefinition>;
