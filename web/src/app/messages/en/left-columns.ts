/** Columns of a draft that have no box in the list that is shown. ICU message syntax. */
export const leftColumns = {
  'asking.columns.alsoChosen': 'Chosen as well, and not among those shown above:',
  'asking.columns.remove': 'Leave out',
  'asking.columns.removeOf': 'Leave out {name}',
  'asking.columns.leftOut':
    'Your draft had {count, plural, one {a column that is not masked here any more; it was left out} other {# columns that are not masked here any more; they were left out}}: {names}.',
} as const satisfies Record<string, string>;
