import { z } from 'zod';
import { operation } from './operation.ts';
import { cuid, instant } from './text.ts';

/** No request is put aside for longer, in days. */
export const longestSnoozeDays = 30;

const params = z.object({ id: cuid });
const snooze = z.object({ until: instant });

export const snoozeAccessRequest = operation({
  id: 'snoozeAccessRequest',
  method: 'PUT',
  path: '/api/access-request/{id}/snooze',
  summary: "Puts a pending request aside in the caller's own queue until then. Nobody else sees anything of it.",
  access: { action: 'access-request.inspect' },
  params,
  body: snooze,
  responses: { 200: snooze },
});

export const wakeAccessRequest = operation({
  id: 'wakeAccessRequest',
  method: 'DELETE',
  path: '/api/access-request/{id}/snooze',
  summary: "Puts a request back into the caller's own queue at once.",
  access: { action: 'access-request.inspect' },
  params,
  responses: { 204: null },
});

/** What reviewers put aside, each for themselves. */
export const snoozeOperations = { snoozeAccessRequest, wakeAccessRequest } as const;
