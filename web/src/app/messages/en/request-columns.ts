/** The columns of a request for masked ones: keys begin with `requests.columns.`. ICU message syntax. */
export const requestColumns = {
  'requests.columns.title': 'Columns',
  'requests.columns.count':
    '{count, plural, one {One masked column} other {# masked columns}}, asked for to be seen in clear.',
  'requests.columns.noMask': 'no mask now',
  'requests.columns.gone': 'not there any more',
  'requests.columns.noTable': 'A table that is not there any more',
} as const satisfies Record<string, string>;
