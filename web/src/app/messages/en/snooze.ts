/** Putting requests aside in one's own queue: keys begin with `snooze.`. ICU message syntax. */
export const snooze = {
  'snooze.title': 'Put the request of {who} aside',
  'snooze.lead':
    'It leaves your own queue until then. It goes on waiting, for other reviewers too, and nobody is told.',
  'snooze.choice.hours': 'For three hours: {until}',
  'snooze.choice.tomorrow': 'Until tomorrow: {until}',
  'snooze.choice.monday': 'Until Monday: {until}',
  'snooze.choice.week': 'For a week: {until}',
  'snooze.done': 'Put aside until {until}.',
  'snooze.back': 'It is back in your queue.',
  'snooze.aside': 'You put it aside until {until}.',
  'snooze.open': 'Put aside…',
  'snooze.wake': 'Bring back into my queue',
  'snooze.wakeShort': 'Bring back',
  'snooze.wakeOf': 'Bring back the request of {who}',
  'snooze.key': 'Put the request aside, or bring it back',
  'snooze.rowFirst': 'Stand on a request first, with j and k.',
  'snooze.notPending': 'Only what waits can be put aside.',
} as const satisfies Record<string, string>;
