/** What is asked of whoever signs out with something unsaved: keys begin with `leaving.`. ICU message syntax. */
export const leaving = {
  'leaving.title': 'Sign out without saving?',
  'leaving.text': 'What you wrote on this page is not saved or sent yet. Signing out drops it.',
  'leaving.confirm': 'Sign out without saving',
} as const satisfies Record<string, string>;
