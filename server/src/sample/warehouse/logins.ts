/*
 * Logins on the sample platform, named like the sample accounts. The passwords are public on purpose, they stand in the
 * README: the server listens on loopback alone, and nobody reads anything before an approval.
 */
export const sampleLogins = {
  consumer: 'consumer-demo',
  consumer2: 'consumer2-demo',
  steward: 'steward-demo',
  steward2: 'steward2-demo',
  manager: 'manager-demo',
  governor: 'governor-demo',
} as const;

/** A login from before Stoa with direct grants. It belongs to nobody in Stoa, so no finding names it. */
export const legacyReport = { user: 'legacy_report', password: 'legacy-report-demo' } as const;

/** Owns every table; nobody logs in as it. */
export const warehouseOwner = 'warehouse_owner';

/** Grants given by hand before Stoa came, to be found and shown as such. */
export const directGrants: readonly { user: string; schema: string; table: string }[] = [
  { user: legacyReport.user, schema: 'sales', table: 'orders' },
  { user: legacyReport.user, schema: 'finance', table: 'invoices' },
  { user: 'consumer2', schema: 'sales', table: 'customers' },
];
