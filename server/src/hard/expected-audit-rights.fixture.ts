/** Who may do what with the audit trail, have proofs and read the reports, in the terms of `expected-rights.fixture.ts`. */
export const auditRights = <Rule, Row>({
  on,
  app,
  auditor,
  inspectors,
  reportReader,
  verifies,
}: {
  on: (target: 'none' | 'approved', who: Rule) => Row;
  app: Rule;
  auditor: Rule;
  inspectors: Rule;
  reportReader: Rule;
  verifies: Rule;
}) => ({
  searchAudit: on('none', auditor),
  countAudit: on('none', auditor),
  exportAudit: on('none', auditor),
  getAccessRequestProof: on('approved', inspectors),
  downloadAccessRequestProof: on('approved', inspectors),
  getAuditChain: on('none', verifies),
  startAuditVerification: on('none', verifies),
  getAuditS3: on('none', app),
  updateAuditS3: on('none', app),
  testAuditS3: on('none', app),
  updateAuditFile: on('none', app),
  testAuditFile: on('none', app),
  reportExpiring: on('none', reportReader),
  reportDecisions: on('none', reportReader),
  reportMaskedColumns: on('none', reportReader),
  reportDrift: on('none', reportReader),
  reportQueryActivity: on('none', reportReader),
  reportUnusedAccess: on('none', reportReader),
  reportUnmappedLogins: on('none', reportReader),
  exportReport: on('none', reportReader),
});

/** Reports about one data source. */
export const sourceReports = <Row>(row: Row) => ({
  reportWhoHasAccess: row,
  reportClearColumns: row,
  getSourceActivity: row,
});
