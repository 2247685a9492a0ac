/** The texts of the dialog that names somebody on a platform: keys begin with `connections.identity.`. ICU message syntax. */
export const identityDialog = {
  'connections.identity.dialogTitle': 'Who is {name} on {connection}?',
  'connections.identity.toTemplate': 'Back to the name that the connection gives everybody.',
  'connections.identity.dialogText':
    'The name is looked up on the platform at once. Access that waits for this account goes on by itself.',
  'connections.identity.save': 'Look up and save',
  'connections.identity.reset': 'Use the template again',
  'connections.identity.saved': '{name} is {external} there.',
} as const satisfies Record<string, string>;
