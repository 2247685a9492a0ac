/** Columns that somebody asks to see in clear, before and after. ICU message syntax. */
export const maskedColumns = {
  'reviews.masked.label': 'Columns asked for, before and after',
  'reviews.masked.made': 'The values are made up; they show what the mask does.',
  'reviews.masked.column': 'Column',
  'reviews.masked.mask': 'Mask',
  'reviews.masked.now': 'Seen now',
  'reviews.masked.approved': 'Seen once approved',
  'reviews.masked.none': 'No mask',
  'reviews.masked.cell': 'in some rows',
  'reviews.masked.byPlatform': 'worked out by the platform',
  'reviews.masked.fixed': 'the same: no exception lifts this mask',
} as const satisfies Record<string, string>;
