import type { AuditFamily } from '@stoa/contract/audit';

/** The first that fits names the family (governance.md 12). */
const families: readonly (readonly [AuditFamily, RegExp])[] = [
  ['native', /^(Provisioning|Drift|TakeOver|Reconcil|Exposure|QueryActivity)/],
  ['access', /^(Access|ApprovalRecord|Approval|Subscription|Masking|Member|Risk|Request(?!Form))/],
  ['policy', /^(GlobalPolicy|LocalPolicy|Policy|SourcePolicy)/],
  ['people', /^(User|Group|Attribute|Permission|PlatformIdentit|Person|People)/],
  [
    'system',
    /^(Configuration|ApiKey|PersonalAccessToken|Token|Webhook|Audit|Slack|Message|Notification|Assist|Key|Secret|DataKey|RootKey|SetUp|Backup|Restor|Verif)/,
  ],
];

/** What an action is about; whatever has no family of its own belongs to the catalogue. */
export const familyOf = (action: string): AuditFamily =>
  families.find(([, pattern]) => pattern.test(action))?.[0] ?? 'catalogue';
