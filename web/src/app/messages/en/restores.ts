/** The texts of the restores page: keys begin with `restores.`. ICU message syntax. */
export const restores = {
  'restores.title': 'Restores',
  'restores.section': 'Settings',
  'restores.lead':
    'What data platforms had beyond a backup when it was brought back, and what they lacked. Stoa took the one away and gave the other.',
  'restores.denied': 'Seeing restores takes Application admin. A user admin can grant it.',
  'restores.table': 'Differences',
  'restores.search': 'Search people, roles and objects',
  'restores.column.kind': 'Difference',
  'restores.column.platform': 'Platform',
  'restores.column.subject': 'Product and role',
  'restores.column.what': 'Who or what',
  'restores.column.restored': 'Restored',
  'restores.column.backup': 'Backup of',
  'restores.kind.beyond': 'Beyond the backup',
  'restores.kind.missing': 'Missing',
  'restores.kind.unseen': 'Not asked',
  'restores.emptyTitle': 'No restore found a difference',
  'restores.emptyText': 'On the server: npx stoa backup FILE, and npx stoa restore FILE.',
} as const satisfies Record<string, string>;
