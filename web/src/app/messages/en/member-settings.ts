/** Who is taken out of roles of ours, and who never is; told by what comes after the settings of a connection stand. */
export const memberSettings = {
  'connections.settings.members': 'Members without an approval',
  'connections.settings.membersLead':
    'Who was put into one of our roles on the platform itself is a finding of drift, whatever is chosen here.',
  'connections.settings.membersLabel': 'A member that no approval explains',
  'connections.settings.members.report': 'Report them',
  'connections.settings.members.report.hint': 'A person settles each finding. Nobody loses access by it.',
  'connections.settings.members.remove': 'Take them out',
  'connections.settings.members.remove.hint':
    'With the next look at the role, on PostgreSQL 15 and older. On 16 and newer only who put them in can take them out: there they are reported, with the SQL.',
  'connections.settings.membersReportedHere':
    'This server is PostgreSQL {version}: whatever is chosen, such members are reported and stay until somebody takes them out.',
  'connections.settings.protected': 'Protected principals',
  'connections.settings.protectedLead':
    'Logins that are not taken out as members without an approval; they are reported. What was approved for them here ends as everybody’s does.',
  'connections.settings.protectedField': 'Login on the platform',
  'connections.settings.protectedHint': 'Its name there, with the same capital letters.',
  'connections.settings.protectedEmpty': 'Write the name of a login.',
  'connections.settings.protectedThere': '“{name}” is in the list already.',
  'connections.settings.protectedAdd': 'Add',
  'connections.settings.protectedAdded': '{name} is protected now.',
  'connections.settings.protectedRemoved': '{name} is protected no longer.',
  'connections.settings.protectedNone': 'No login is protected.',
};
