/** What is said of a filter value that is none: keys begin with `leftOut.`. ICU message syntax. */
export const leftOut = {
  'leftOut.note':
    'The link named {values}, which {count, plural, one {is no value} other {are no values}} of the filter “{facet}”. The list is shown without it.',
  'leftOut.quoted': '“{value}”',
  'leftOut.dismiss': 'Close this note',
} as const satisfies Record<string, string>;
