/** The question for the password before some acts: keys begin with `freshLogin.`. */
export const freshLogin = {
  'freshLogin.title': 'Is it you?',
  'freshLogin.text': 'You signed in more than ten minutes ago. Enter your password, and what you began goes on.',
  'freshLogin.ended.title': 'Your session has ended',
  'freshLogin.ended.text':
    'Sign in again as {name}, and what you began goes on. What you wrote is still here; with Cancel you leave it.',
  'freshLogin.ended.submit': 'Sign in and go on',
  'freshLogin.submit': 'Confirm and go on',
  'freshLogin.password': 'Password',
  'freshLogin.missing': 'Write your password.',
  'freshLogin.signIn': 'Sign in again',
} as const satisfies Record<string, string>;
