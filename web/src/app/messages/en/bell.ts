/** What stands in the top bar and the account's menu, which come after the page: keys begin with `bell.`. */
export const bell = {
  'bell.label':
    '{count, plural, =0 {Inbox, nothing unread} one {Inbox, # unread message} other {Inbox, # unread messages}}',
  'bell.notifications': 'Notifications',
} as const satisfies Record<string, string>;
