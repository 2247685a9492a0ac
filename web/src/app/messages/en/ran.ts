/** The statements that ran for a request: keys begin with `ran.`. ICU message syntax. */
export const ran = {
  'ran.title': 'The statements that ran',
  'ran.run': '{when}: {count, plural, one {# statement} other {# statements}} on {connection}',
  'ran.refused': 'The platform refused: {failure}',
} as const satisfies Record<string, string>;
