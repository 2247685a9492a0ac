/** Whether open sessions end with an access; told by what comes after the settings of a connection stand. */
export const sessionSettings = {
  'connections.settings.sessions': 'Open sessions when an access ends',
  'connections.settings.sessionsLead':
    'A session refuses what has ended at its next statement. On PostgreSQL 15 and older, one that did SET ROLE keeps reading until it ends.',
  'connections.settings.sessionsLabel': 'Sessions that the person has open in this database',
  'connections.settings.sessions.whenNeeded': 'End them where they could keep reading',
  'connections.settings.sessions.whenNeeded.hint': 'On PostgreSQL 15 and older; on 16 and newer there is no need.',
  'connections.settings.sessions.always': 'Always end them',
  'connections.settings.sessions.always.hint': 'Statements that still run end as well, also those for other data.',
  'connections.settings.sessions.never': 'Never end them',
  'connections.settings.sessions.never.hint': 'The account needs no right to end sessions.',
};
