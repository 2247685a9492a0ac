import { z } from 'zod';

type ErrorDefinition = { readonly status: number; readonly title: string; readonly next: string };

/**
 * Every expected failure, with its HTTP status, its sentence, and what to do next. A code is stable: programs branch on it.
 * Nothing was changed when one of these is answered, unless its title says otherwise.
 */
export const errorDefinitions = {
  'request.malformed': { status: 400, title: 'The request could not be read.', next: 'Correct the members named in errors and send it again.' },
  'request.too_large': { status: 413, title: 'The body is larger than 1 MB.', next: 'Send less at once.' },
  'request.unsupported_media_type': { status: 415, title: 'The body is not JSON.', next: 'Send application/json.' },
  'auth.not_authenticated': { status: 401, title: 'Not authenticated.', next: 'Sign in, or send a personal access token.' },
  'auth.bad_credentials': { status: 401, title: 'Username or password is wrong.', next: 'Try again, or ask a user admin to set a new password.' },
  'auth.origin_refused': { status: 403, title: 'The call did not come from this site.', next: 'Use the web app itself, or a personal access token.' },
  'auth.too_many_attempts': { status: 429, title: 'Too many attempts.', next: 'Wait a minute, then try again.' },
  'auth.setup_done': { status: 409, title: 'The first administrator exists already.', next: 'Sign in.' },
  'permission.denied': { status: 403, title: 'You may not do this.', next: 'Ask the person named in detail for the permission.' },
  'resource.not_found': { status: 404, title: 'Not found.', next: 'Check the address; it may have been deleted, or you may not see it.' },
  'route.not_found': { status: 404, title: 'There is no such operation.', next: 'See /api/openapi.json for the operations.' },
  'feature.not_available': { status: 501, title: 'This operation is not available yet.', next: 'It comes with a later release.' },
  'idempotency.body_differs': { status: 422, title: 'This Idempotency-Key was used with another body.', next: 'Use a new key for a new request.' },
  'idempotency.in_progress': { status: 409, title: 'The first call with this Idempotency-Key is still running.', next: 'Wait, then repeat it.' },
  'idempotency.answer_not_kept': { status: 409, title: 'The first call with this key was answered with a secret, which is not kept.', next: 'Make a new one.' },
  'precondition.failed': { status: 412, title: 'It was changed since you read it.', next: 'Read it again, then repeat your change.' },
  'server.error': { status: 500, title: 'Something broke on our side.', next: 'Try again; if it stays, give the id in instance to the operator.' },
  'server.busy': { status: 503, title: 'The server cannot take this now.', next: 'Try again in a few seconds.' },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof errorDefinitions;

/** RFC 9457, with `message` and `statusCode` beside it as the published API has them. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  instance: z.string().optional(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  message: z.string(),
  statusCode: z.number().int(),
});
export type Problem = z.infer<typeof problem>;
