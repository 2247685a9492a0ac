/** Who may do what with the audit trail and read the reports, in the terms of `expected-rights.fixture.ts`. */
export const auditRights = <Rule, Row>({
  on,
  app,
  auditor,
  reportReader,
  verifiesAudit,
}: {
  on: (target: 'none', who: Rule) => Row;
  app: Rule;
  auditor: Rule;
  reportReader: Rule;
  verifiesAudit: Rule;
}) => ({
  searchAudit: on('none', auditor),
  countAudit: on('none', auditor),
  exportAudit: on('none', auditor),
  getAuditChain: on('none', verifiesAudit),
  startAuditVerification: on('none', verifiesAudit),
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
  exportReport: on('none', reportReader),
});
