/** The texts about data owners: keys begin with `owners.`. ICU message syntax. */
export const owners = {
  'owners.title': 'Who answers for it',
  'owners.none': 'Nobody yet: neither here nor on anything above it.',
  'owners.role': 'Role',
  'owners.role.Data Owner': 'Data Owner',
  'owners.role.Infrastructure Admin': 'Infrastructure Admin',
  'owners.hint.Data Owner': 'Answers for the data: tags it and settles what policies leave open.',
  'owners.hint.Infrastructure Admin': 'Looks after the platform’s side: state and sync of this and everything below.',
  'owners.here': 'given here',
  'owners.from': 'from {path}',
  'owners.add': 'Add a person or group',
  'owners.remove': 'Remove',
  'owners.removeFull': 'Remove {name} as {role}',
  'owners.saved': 'The roles are saved.',
} as const satisfies Record<string, string>;
