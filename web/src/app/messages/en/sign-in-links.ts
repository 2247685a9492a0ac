/** The texts of the providers that sign a person in: keys begin with `signInLinks.`. ICU message syntax. */
export const signInLinks = {
  'signInLinks.title': 'Sign-in',
  'signInLinks.lead': 'The providers that sign this person in, and what comes from them.',
  'signInLinks.none': 'No provider signs them in.',
  'signInLinks.off': 'switched off',
  'signInLinks.bySelf': 'by their first sign-in',
  'signInLinks.by': 'linked by {name}',
  'signInLinks.kept': '{provider} keeps this person over SCIM',
  'signInLinks.keptSince': 'since',
  'signInLinks.last': 'last',
  'signInLinks.unlink': 'Unlink',
  'signInLinks.unlinkOf': 'Unlink {provider}',
  'signInLinks.unlinkTitle': 'Unlink {name} from {provider}?',
  'signInLinks.unlinkText':
    'They cannot sign in by it any more, and sessions that it opened end. Groups and attributes that it named are taken away, and access with them.',
  'signInLinks.unlinked': '{name} is unlinked from {provider}.',
  'signInLinks.link': 'Link',
  'signInLinks.link.provider': 'Provider',
  'signInLinks.link.subject': 'Subject',
  'signInLinks.link.subjectHint': 'Whom the provider means: its claim sub. The last sign-ins of the provider show it.',
  'signInLinks.link.done': '{provider} signs {name} in from now on.',
  'signInLinks.missing': 'Write the subject.',
} as const satisfies Record<string, string>;
