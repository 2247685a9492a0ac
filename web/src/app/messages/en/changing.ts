/** The texts of changing the answers of a pending request: keys begin with `changing.`. ICU message syntax. */
export const changing = {
  'changing.lead':
    'You change the answers of a request that waits. It stays as it is until you submit this one; then it is canceled, approvals included, and this one takes its place.',
  'changing.keep': 'Keep it as it is',
  'changing.tooLate': '{reason} What you wrote here is kept.',
  'changing.anew': 'Ask anew with it',
  'changing.unknown':
    'The request that was to be changed is not there for you. What you submit is a request of its own.',
} as const satisfies Record<string, string>;
