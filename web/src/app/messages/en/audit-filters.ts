/** The texts of the seldom filters of the audit trail. ICU message syntax. */
export const auditFilters = {
  'audit.filter.actor': 'Who (name, username or id)',
  'audit.filter.target': 'Target (name or id)',
  'audit.filter.from': 'From',
  'audit.filter.to': 'Before',
} as const satisfies Record<string, string>;
