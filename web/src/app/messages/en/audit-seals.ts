/** The texts of the head of the page about seals. ICU message syntax. */
export const auditSeals = {
  'audit.seals.title': 'Seals and checkpoints',
  'audit.seals.section': 'Audit',
  'audit.seals.lead':
    'Every event gets a place in one hash chain. Signed checkpoints leave the database, so that whoever edits, deletes or inserts events behind Stoa’s back is found.',
  'audit.seals.denied': 'Only auditors and application admins see how the trail is sealed.',
  'audit.seals.back': 'Events',
} as const satisfies Record<string, string>;
