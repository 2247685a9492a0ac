/** The texts of the dry run of a reconcile: keys begin with `dryRun.`. ICU message syntax. */
export const dryRun = {
  'dryRun.title': 'Dry run on {connection}',
  'dryRun.lead': 'What a reconcile would run now, as the platform stands. Nothing has been changed.',
  'dryRun.nothing': 'Nothing would run: the platform is as it should be.',
  'dryRun.nothingNow': 'Nothing would run now.',
  'dryRun.takes': '{count, plural, one {# takes access away} other {# take access away}}',
  'dryRun.masks': '{count, plural, one {# writes or removes a view} other {# write or remove views}}',
  'dryRun.gives': '{count, plural, one {# gives access or prepares it} other {# give access or prepare it}}',
  'dryRun.first': 'The first {shown, number} of {count, number} statements are shown.',
  'dryRun.observed': 'Looked at {when}',
  'dryRun.again': 'Look again',
  'dryRun.waits.draft': 'The connection is not in use yet: nothing runs before it is.',
  'dryRun.waits.paused': 'The connection is paused: nothing runs until it is activated.',
  'dryRun.waits.checks_failed':
    'Checks of the connection fail: what gives access waits until they pass, and is not listed.',
  'dryRun.blocked': 'Cannot be done now',
  'dryRun.blockedMore': '{count, plural, one {# more is} other {# more are}} in the way.',
} as const;
