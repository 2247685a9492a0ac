/** The texts of who has an asset: keys begin with `assetPeople.`. ICU message syntax. */
export const assetPeople = {
  'assetPeople.members': 'Who has access by a request for this asset',
  'assetPeople.membersLead':
    'You see the requests that you may read. Access by data products or by assets above is listed there.',
  'assetPeople.empty': 'Nobody yet',
  'assetPeople.emptyText': 'Approved requests for exactly this asset stand here.',
  'assetPeople.who': 'Person',
  'assetPeople.since': 'Since',
  'assetPeople.until': 'Until',
  'assetPeople.state': 'State',
  'assetPeople.revoke': 'Revoke',
  'assetPeople.revokeOf': 'Revoke the access of {who}',
  'assetPeople.decisions': 'Latest decisions',
  'assetPeople.noDecisions': 'Nothing was decided here yet.',
  'assetPeople.decision': '{status, select, APPROVED {Approved} DENIED {Denied} other {{status}}} for {who}',
  'assetPeople.by': 'by {who}',
} as const satisfies Record<string, string>;
