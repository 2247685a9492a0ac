/** The texts of one person's account: keys begin with `person.`. ICU message syntax. */
export const person = {
  'person.liveAccess':
    '{count, plural, =0 {Has no access now.} one {Has # approved access now.} other {Has # approved accesses now.}}',
  'person.disable': 'Disable',
  'person.enable': 'Enable',
  'person.disableTitle': 'Disable {name}?',
  'person.disableText':
    'Sessions and tokens end at once. {count, plural, =0 {No access is taken away.} one {# access is taken away on the platforms within a second.} other {# accesses are taken away on the platforms within a second.}}',
  'person.disableBack': 'Enabled again later, what was approved and has not ended comes back.',
  'person.disableConfirm': 'Disable, {count, plural, =0 {no access ends} one {# access ends} other {# accesses end}}',
  'person.disabledNow': '{name} is disabled.',
  'person.enabledNow': '{name} is enabled.',
  'person.disabledBanner': 'Disabled: cannot sign in and has no access anywhere.',
  'person.endSessions': 'End sessions',
  'person.endSessionsTitle': 'End all sessions of {name}?',
  'person.endSessionsText':
    'Whoever is signed in has to sign in again. Tokens stay: end them one by one below, or disable the account.',
  'person.sessionsEnded': 'The sessions of {name} have ended.',
  'person.enableTitle': 'Enable {name}?',
} as const satisfies Record<string, string>;
