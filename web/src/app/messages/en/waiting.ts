/** The texts of what can be done while a request waits: keys begin with `waiting.`. ICU message syntax. */
export const waiting = {
  'waiting.change': 'Change answers',
  'waiting.remind': 'Remind reviewers',
  'waiting.remind.done': '{count, plural, one {One reviewer is} other {# reviewers are}} reminded.',
  'waiting.remind.early': 'They are reminded 24 hours after they were asked, and once in 24 hours.',
  'waiting.remind.last': 'Last reminded {when}.',
  'waiting.remind.from': 'The reviewers can be reminded from {when}.',
} as const satisfies Record<string, string>;
