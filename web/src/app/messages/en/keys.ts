/** The texts of the keys page: keys begin with `keys.`. ICU message syntax. */
export const keys = {
  'keys.title': 'Keys of stored secrets',
  'keys.section': 'Settings',
  'keys.lead':
    'Logins, signing keys and tokens are sealed with a key per kind. The root key that wraps these never enters the database.',
  'keys.denied': 'Seeing and rotating keys takes Application admin. A user admin can grant it.',
  'keys.rootKey': 'Root key',
  'keys.rootKeyChange': 'To change it, on the server',
  'keys.rotate': 'Rotate keys',
  'keys.rotateTitle': 'Rotate all keys?',
  'keys.rotateBody':
    'Every kind of secret gets a new key, and {count, plural, =0 {nothing is stored yet} one {# stored secret is sealed anew} other {# stored secrets are sealed anew}}. Everything goes on working meanwhile; the former keys retire at the end.',
  'keys.rotation': 'Rotation',
  'keys.kinds': 'Kinds of secrets',
  'keys.column.kind': 'Kind',
  'keys.column.key': 'Key',
  'keys.column.state': 'State',
  'keys.column.secrets': 'Secrets',
  'keys.column.since': 'Since',
  'keys.state.present': 'In use',
  'keys.state.active': 'Active',
  'keys.state.decryptOnly': 'Opens only',
  'keys.state.retired': 'Retired',
  'keys.firstForm': 'Sealed with the root key itself; a rotation moves {count, plural, one {it} other {them}}',
  'keys.search': 'Search kinds and keys',
  'keys.emptyTitle': 'No key fits',
} as const satisfies Record<string, string>;
