/** The texts of the second factor of an account: keys begin with `secondFactor.`. ICU message syntax. */
export const secondFactor = {
  'secondFactor.title': 'Second factor',
  'secondFactor.lead':
    'Beside your password a code of an app on your telephone, so that the password alone opens nothing.',
  'secondFactor.code': 'Code',
  'secondFactor.codeHint': 'The six digits that your authenticator app shows now.',
  'secondFactor.recoveryCode': 'Recovery code',
  'secondFactor.recoveryHint': 'One of those you kept when you set it up. Each opens once.',
  'secondFactor.useRecovery': 'Use a recovery code',
  'secondFactor.useApp': 'Use the code of the app',
  'secondFactor.missing': 'Write the code.',
  'secondFactor.step': 'Your password is right. Now the code.',
  'secondFactor.back': 'Back',
  'secondFactor.setUp': 'Set up a second factor',
  'secondFactor.scan': 'Scan this with an authenticator app.',
  'secondFactor.picture': 'QR code of the secret. The same secret stands below as text.',
  'secondFactor.type': 'Or type this secret into it:',
  'secondFactor.activate': 'Turn it on',
  'secondFactor.codes': 'Recovery codes',
  'secondFactor.codesText':
    'The second factor is on. Keep these recovery codes apart from your telephone: each opens your account once without it. They are shown this once.',
  'secondFactor.copy': 'Copy all',
  'secondFactor.copied': 'The recovery codes are copied.',
  'secondFactor.kept': 'I have kept them',
  'secondFactor.keptAndOn': 'I have kept them, go on',
  'secondFactor.onSince': 'On since',
  'secondFactor.left':
    '{count, plural, =0 {No recovery code is left.} one {# recovery code is left.} other {# recovery codes are left.}}',
  'secondFactor.renew': 'New recovery codes',
  'secondFactor.renewTitle': 'Make new recovery codes?',
  'secondFactor.renewText': 'Those you have open nothing from then on.',
  'secondFactor.remove': 'Remove it',
  'secondFactor.removeText':
    'Your password alone opens your account from then on. Your other sessions end; tokens stay.',
  'secondFactor.removed': 'The second factor is removed.',
  'secondFactor.noneOf': 'None: the password alone signs in, where there is one.',
  'secondFactor.reset': 'Reset it',
  'secondFactor.resetTitle': 'Reset the second factor of {name}?',
  'secondFactor.resetText':
    'Their password alone signs in from then on, and their sessions end. Be sure that it is they who ask.',
  'secondFactor.resetDone': '{name} has no second factor any more.',
  'secondFactor.neededTitle': 'Set up a second factor',
  'secondFactor.needed':
    'This installation asks for one of everybody who signs in with a password. Nothing else can be done before.',
  'secondFactor.leave': 'Sign out',
} as const satisfies Record<string, string>;
