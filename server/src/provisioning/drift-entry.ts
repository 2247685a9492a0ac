import { systemActor } from '../audit/append.ts';

/** What identifies a finding on its connection. */
export type FindingName = { finding: string; object: string; principal: string; privilege: string };

/** The audit row of a finding that is there no more. */
export const resolvedEntry = (
  connection: { id: string; name: string },
  { finding, object, principal, privilege }: FindingName,
) => ({
  action: 'DriftResolved',
  actor: systemActor,
  targetType: 'CONNECTION',
  targets: [connection],
  payload: { finding, object, principal, privilege },
});
