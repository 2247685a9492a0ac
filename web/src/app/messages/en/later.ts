/** What an approval comes to where an account is missing: keys begin with `later.`. ICU message syntax. */
export const later = {
  'later.approve':
    'There is no {accounts} yet. {now, plural, =0 {{who} can read {objects, plural, one {# object} other {# objects}} as soon as there is} other {{who} reads {now, plural, one {# object} other {# objects}} from now on, and {objects} more as soon as there is}}, without end. You can revoke it here right after.',
  'later.time':
    'There is no {accounts} yet. {now, plural, =0 {{who} can read {objects, plural, one {# object} other {# objects}} as soon as there is} other {{who} reads {now, plural, one {# object} other {# objects}} from now on, and {objects} more as soon as there is}}; all of it ends {period} from now. You can revoke it here right after.',
  'later.account': 'account “{name}” on {connection}',
  'later.anyAccount': 'account of theirs on {connection}',
} as const satisfies Record<string, string>;
