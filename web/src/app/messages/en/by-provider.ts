/** The texts of signing in by an identity provider: keys begin with `byProvider.`. ICU message syntax. */
export const byProvider = {
  'byProvider.continue': 'Continue with {name}',
  'byProvider.or': 'Or with an account of Stoa',
  'byProvider.code': 'The provider’s own word: {code}',
  'byProvider.confirmTitle': 'Confirm who you are',
  'byProvider.confirming': 'You are on your way to the provider.',
  'byProvider.confirmed': 'Confirmed',
  'byProvider.confirmedText': 'What you began goes on in the other tab. You can close this one.',
  'byProvider.notConfirmed': 'Not confirmed',
  'byProvider.again': 'Try again',
  'byProvider.ask': 'You signed in more than ten minutes ago. Confirm it at {name}, and what you began goes on.',
  'byProvider.askEnded':
    'Sign in again at {name}, and what you began goes on. What you wrote is still here; with Cancel you leave it.',
  'byProvider.open': 'Confirm at {name}',
  'byProvider.openEnded': 'Sign in at {name}',
  'byProvider.newTab': 'It opens in a new tab; this one waits.',
  'byProvider.waiting': 'Waiting for the other tab.',
  'byProvider.signOut': 'Sign out, also at {name}',
} as const satisfies Record<string, string>;
