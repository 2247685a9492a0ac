import type { ErrorDefinition } from './resource-errors.ts';

/** Failures of lists and reports, and of drafts. */
export const readingErrors = {
  'report.at_in_future': {
    status: 400,
    title: 'The moment that was asked about has not come yet.',
    next: 'Name one that has passed, or none to ask about now.',
  },
  'saved_view.too_many': {
    status: 409,
    title: 'Fifty views of a list can be saved, and there are as many.',
    next: 'Remove one that is not needed any more, or save under the name of one of them.',
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
  'take_back.changed': {
    status: 409,
    title: 'The platform is not as it was when the plan was made, so nothing was taken back.',
    next: 'Look at the plan as it is now, and file that one.',
  },
  'take_back.nothing': {
    status: 409,
    title: 'There is nothing to take back in this plan.',
    next: 'Read why each grant is kept, and choose more or another mode.',
  },
  'take_back.too_many': {
    status: 409,
    title: 'A plan takes back a thousand grants at most.',
    next: 'Choose a schema or single findings, and file several plans.',
  },
  'take_back.not_waiting': {
    status: 409,
    title: 'The plan waits for nobody any more: it was decided, or it has expired.',
    next: 'Load it again; file a new one if it is still wanted.',
  },
  'take_back.finding_unknown': {
    status: 422,
    title: 'A finding is not one of others’ grants on this connection, or is closed by now.',
    next: 'Load the list of findings again.',
  },
  'people_change.stale': {
    status: 409,
    title: 'What the change is about is not as it was when it was filed, so nothing was changed.',
    next: 'Decline it, and ask for it to be filed again.',
  },
  'people_change.not_waiting': {
    status: 409,
    title: 'The change waits for nobody any more: it was decided, withdrawn, or it has expired.',
    next: 'Load it again; make the change anew if it is still wanted.',
  },
  'page.token_invalid': {
    status: 400,
    title: 'The nextToken is not one of this list.',
    next: 'Leave it out to start from the beginning.',
  },
  'product_draft.too_many': {
    status: 409,
    title: 'You have as many drafts of data products as are kept, so this one was not saved.',
    next: 'Publish one of them, or throw one away, under "My drafts".',
  },
  'product_draft.too_large': {
    status: 413,
    title: 'The draft is larger than one that is kept, so it was not saved.',
    next: 'Publish it, or choose fewer data sources before you go on later.',
  },
  'product_draft.published': {
    status: 409,
    title: 'A data product was published from this draft, so the draft was not saved.',
    next: 'Open the data product and change it there.',
  },
} as const satisfies Record<string, ErrorDefinition>;
