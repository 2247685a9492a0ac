/** What proved an access from its beginning: keys begin with `proofs.`. ICU message syntax. */
export const proofs = {
  'proofs.title': 'History of proofs',
  'proofs.show': 'Show the history',
  'proofs.hide': 'Hide the history',
  'proofs.file': 'Download the proof (JSON)',
  'proofs.table': 'What the platforms answered, the newest first',
  'proofs.platform': 'Platform and login',
  'proofs.answer': 'Answer',
  'proofs.time': 'When',
  'proofs.noLogin': 'no login',
  'proofs.until': 'the same until {when}',
  'proofs.none': 'No platform has answered anything about this request yet.',
  'proofs.more': '{count, plural, one {One older answer stands} other {# older answers stand}} in the file alone.',
  'proofs.cut':
    'So much is on record of this request that not all of it was looked through: between the first answer and those shown there are more.',
  'proofs.audit': 'Its events in the audit',
} as const satisfies Record<string, string>;
