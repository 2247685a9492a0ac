/** reliability.md 4.1, rows 1 to 22: every numbered point between the click and the proof. */
export const decidingPoints = [
  'parsed',
  'authorised',
  'locked',
  'recordInserted',
  'outcomeComputed',
  'requestUpdated',
  'entitlementWritten',
  'audited',
  'outboxWritten',
].map((point) => `determine.${point}`);
export const committingPoints = ['decision.beforeCommit', 'decision.afterCommit'];
export const applyingPoints = [
  'reconcile.claimed',
  'reconcile.connected',
  'reconcile.planned',
  'apply.begun',
  'apply.locked',
  'apply.beforeStatement',
  'apply.afterStatement',
  'apply.beforeCommit',
  'apply.afterCommit',
  'readback.during',
  'record.beforeMark',
  'record.audited',
];
