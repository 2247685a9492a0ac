/** What a sweep may find: keys begin with `finding.`. ICU message syntax. */
export const findings = {
  'finding.missing': 'Missing grant',
  'finding.extra_on_container': 'Extra grant on a role of ours',
  'finding.bypass': 'Foreign grant beside Stoa',
  'finding.tampered_policy': 'Changed policy',
  'finding.unknown_member': 'Unknown member',
  'finding.identity_missing': 'Account is gone',
} as const satisfies Record<string, string>;
