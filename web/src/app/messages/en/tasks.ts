/** The texts of work that goes on after the answer: keys begin with `tasks.`. */
export const tasks = {
  'tasks.status.QUEUED': 'Waiting',
  'tasks.status.RUNNING': 'Running',
  'tasks.status.SUCCEEDED': 'Done',
  'tasks.status.FAILED': 'Failed',
  'tasks.status.CANCELED': 'Canceled',
  'tasks.doneOf': '{done} of {total}',
  'tasks.doneOf.unknown': '{done} so far',
} as const satisfies Record<string, string>;
