import { z } from 'zod';
import { operation } from './operation.ts';
import { personName } from './person.ts';
import { cuid, instant } from './text.ts';

/** That those who may decide a request were reminded of it by one of its two people. */
export const reviewerReminder = z
  .object({
    at: instant,
    by: personName,
    /** How many people were told. */
    told: z.int(),
  })
  .meta({ id: 'ReviewerReminder' });
export type ReviewerReminder = z.infer<typeof reviewerReminder>;

export const remindReviewers = operation({
  id: 'remindReviewers',
  method: 'POST',
  path: '/api/access-request/{id}/reminder',
  summary: 'Reminds those who may decide a pending request, once in 24 hours.',
  access: { action: 'access-request.remind' },
  params: z.object({ id: cuid }),
  responses: { 201: reviewerReminder },
});
