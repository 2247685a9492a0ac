/** Words of the audit trail that other screens say as well. ICU message syntax. */
export const auditWords = {
  'audit.column.outcome': 'Outcome',
  'audit.outcome.SUCCESS': 'Done',
  'audit.outcome.FAILURE': 'Failed',
  'audit.outcome.DENIED': 'Refused',
  'audit.target.ACCESS_REQUEST': 'Access request',
  'audit.target.CONTAINER': 'Native role',
  'audit.target.USER': 'Person',
  'audit.target.GROUP': 'Group',
  'audit.target.DOMAIN': 'Domain',
  'audit.target.DATA_PRODUCT': 'Data product',
  'audit.target.CONNECTION': 'Connection',
  'audit.target.DATA_OBJECT': 'Data object',
} as const satisfies Record<string, string>;
