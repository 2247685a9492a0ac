import { z } from 'zod';
import { identityProviderErrors } from './identity-provider-errors.ts';
import { importErrors } from './import-errors.ts';
import { notificationErrors } from './notification-errors.ts';
import { ownerErrors } from './owner-errors.ts';
import { personErrors } from './person-errors.ts';
import { webhookErrors } from './webhook-errors.ts';
import { resourceErrors } from './resource-errors.ts';
import type { ErrorDefinition } from './resource-errors.ts';
import { scimErrors } from './scim-errors.ts';
import { simulationErrors } from './simulation-errors.ts';
import { readingErrors } from './reading-errors.ts';
import { auditErrors } from './audit-errors.ts';
import { dataKeyErrors } from './data-key-errors.ts';
import { secondFactorErrors } from './second-factor-errors.ts';
import { slackErrors } from './slack-errors.ts';

/**
 * Every expected failure, with its HTTP status, its sentence, and what to do next. A code is stable: programs branch on it.
 * Nothing was changed when one of these is answered, unless its title says otherwise.
 */
export const errorDefinitions = {
  'request.malformed': {
    status: 400,
    title: 'The request could not be read.',
    next: 'Correct what detail says and send it again.',
    nextWith: { errors: 'Correct the members named in errors and send it again.' },
  },
  'request.too_large': { status: 413, title: 'The body is larger than 1 MB.', next: 'Send less at once.' },
  'request.headers_too_large': {
    status: 431,
    title: 'The headers are larger than 16 kB.',
    next: 'Send fewer or shorter filters, or shorter headers.',
  },
  'request.unsupported_media_type': { status: 415, title: 'The body is not JSON.', next: 'Send application/json.' },
  'auth.not_authenticated': {
    status: 401,
    title: 'Not authenticated.',
    next: 'Sign in, or send a personal access token.',
  },
  'auth.other_person': {
    status: 409,
    title: 'Somebody else has signed in with this browser since this page was opened, so nothing was done.',
    next: 'Reload the page to go on as them, or sign in as yourself.',
  },
  'auth.bad_credentials': {
    status: 401,
    title: 'Username or password is wrong.',
    next: 'Try again, or ask a user admin to set a new password.',
  },
  'auth.fresh_login_needed': {
    status: 403,
    title: 'This needs a login of the last ten minutes.',
    next: 'Confirm your password, then send it again.',
  },
  'auth.wrong_password': {
    status: 422,
    title: 'The password is wrong.',
    next: 'Try again, or ask a user admin to set a new password.',
  },
  'auth.no_password': {
    status: 409,
    title: 'This account has no password to confirm.',
    next: 'Sign out, and sign in again.',
  },
  'auth.no_session': {
    status: 409,
    title: 'A token has no login to confirm.',
    next: 'Go on with the token: no fresh login is asked of it.',
  },
  'auth.session_needed': {
    status: 409,
    title: 'A token cannot do this.',
    next: 'Sign in with the browser, and do it there.',
  },
  'auth.weak_password': {
    status: 422,
    title: 'This password is too easy to guess.',
    next: 'Take another one, such as a few words that have nothing to do with you.',
  },
  'auth.same_password': {
    status: 422,
    title: 'The new password is the present one.',
    next: 'Take another one.',
  },
  'auth.origin_refused': {
    status: 403,
    title: 'The call did not come from this site.',
    next: 'Use the web app itself, or a personal access token.',
  },
  'auth.too_many_attempts': { status: 429, title: 'Too many attempts.', next: 'Wait a minute, then try again.' },
  'auth.setup_done': { status: 409, title: 'The first administrator exists already.', next: 'Sign in.' },
  'permission.denied': {
    status: 403,
    title: 'You may not do this.',
    next: 'See detail for why, and leave it to somebody who may.',
    nextWith: { needs: 'Ask the person named in detail for the permission.' },
  },
  'resource.not_found': {
    status: 404,
    title: 'Not found.',
    next: 'Check the address; it may have been deleted, or you may not see it.',
  },
  'route.not_found': {
    status: 404,
    title: 'There is no such operation.',
    next: 'See /api/openapi.json for the operations.',
  },
  'route.method_not_allowed': {
    status: 405,
    title: 'This address does not take this method.',
    next: 'Use one of those in the header Allow.',
  },
  'feature.not_available': {
    status: 501,
    title: 'This operation is not available yet.',
    next: 'It comes with a later release.',
  },
  'idempotency.body_differs': {
    status: 422,
    title: 'This Idempotency-Key was used for another call.',
    next: 'Use a new key for a new request.',
  },
  'idempotency.in_progress': {
    status: 409,
    title: 'The first call with this Idempotency-Key is still running.',
    next: 'Wait, then repeat it.',
  },
  'idempotency.outcome_unknown': {
    status: 409,
    title: 'The first call with this Idempotency-Key made its change, and its answer was lost. It is not done again.',
    next: 'Read what you meant to change. Only if it is not as you want it, send a new call with a new key.',
  },
  'idempotency.answer_not_kept': {
    status: 409,
    title: 'The first call with this key was answered with a secret, which is not kept.',
    next: 'Make a new one.',
  },
  'precondition.failed': {
    status: 412,
    title: 'It was changed since you read it.',
    next: 'Read it again, then repeat your change.',
  },
  'access_request.duplicate': {
    status: 409,
    title: 'There is a request for this already.',
    next: 'Follow that request, or cancel it first.',
  },
  'access_request.not_pending': {
    status: 409,
    title: 'The request is not pending any more.',
    next: 'Read it again; a closed request stays closed, but you may ask anew.',
  },
  'access_request.snooze_invalid': {
    status: 422,
    title: 'A request is put aside for 30 days at most, until a moment that is still to come.',
    next: 'Choose another moment.',
  },
  'access_request.nobody_to_remind': {
    status: 409,
    title: 'There is nobody to be reminded of the request.',
    next: 'Where no reviewer is left, governors hear of it by themselves and may give the request to others.',
  },
  'access_request.reminder_too_early': {
    status: 409,
    title: 'It is too early to remind the reviewers.',
    next: 'Try again at the time in from.',
  },
  'access_request.not_replaceable': {
    status: 422,
    title: 'The request to be replaced is for another person, target or type.',
    next: 'Ask without replaces, and cancel the other request by itself.',
  },
  'approval_record.rerouted': {
    status: 409,
    title: 'The request was given to other reviewers.',
    next: 'Read the request again; this part of it is not asked for any more.',
  },
  'access_request.nothing_to_decide': {
    status: 422,
    title: 'The new route would leave nothing to decide.',
    next: 'Name somebody who still has to decide: a re-route never approves by itself.',
  },
  'access_request.nobody_to_decide': {
    status: 422,
    title: 'Nobody could decide the request on this route.',
    next: 'Name people who are active and are neither requester nor beneficiary.',
  },
  'access_request.not_approved': {
    status: 409,
    title: 'Only an approved request can be revoked.',
    next: 'Read it again; a pending request is canceled, not revoked.',
  },
  'access_request.on_behalf_refused': {
    status: 403,
    title: 'You may not ask on behalf of this person.',
    next: 'Let them ask themselves.',
  },
  'access_request.beneficiary_disabled': {
    status: 422,
    title: 'The account that would get access is disabled.',
    next: 'Ask a user admin to enable it first.',
  },
  'access_request.answers_invalid': {
    status: 422,
    title: 'The answers do not fit the form.',
    next: 'Correct the answers named in errors.',
  },
  'agreement.required': {
    status: 422,
    title: 'A data use agreement is not accepted.',
    next: 'Accept every agreement of the form.',
  },
  'agreement.outdated': {
    status: 409,
    title: 'A data use agreement has a newer version.',
    next: 'Read the current version and accept it.',
  },
  'agreement.nothing_to_accept': {
    status: 409,
    title: 'There is nothing to accept.',
    next: 'Read the request again; it says what it waits for.',
  },
  'access_request.not_extendable': {
    status: 409,
    title: 'This access cannot be extended.',
    next: 'Make a new request.',
  },
  'access_request.extension_too_early': {
    status: 409,
    title: 'It is too early to extend this access.',
    next: 'Come back at the time in detail, or make a new request.',
  },
  'access_request.not_alike': {
    status: 422,
    title: 'It asks for something else than the first of these requests.',
    next: 'Decide it by itself, or together with others that ask for the same.',
  },
  'access_request.not_low_risk': {
    status: 409,
    title: 'Only requests at low risk are decided in bulk.',
    next: 'Open it, read the evidence, and decide it by itself.',
  },
  'approval_record.blocked': {
    status: 409,
    title: 'An earlier stage is not decided yet.',
    next: 'Wait until the records it waits for are approved.',
  },
  'approval_record.already_decided': {
    status: 409,
    title: 'This was decided already.',
    next: 'See the record for who decided, and why.',
  },
  'approval_record.reason_required': {
    status: 422,
    title: 'A determination needs a reason.',
    next: 'Say why, in a sentence.',
  },
  'approval_record.status_not_settable': {
    status: 422,
    title: 'Only APPROVED or DENIED can be set.',
    next: 'Send one of the two.',
  },
  'approval_record.duration_invalid': {
    status: 422,
    title: 'This period is not possible.',
    next: 'Send a whole number, 1 or more, with its unit, or neither; never with a denial.',
  },
  'approval_record.end_past': {
    status: 422,
    title: 'This approval would be over already.',
    next: 'Pick a longer period.',
  },
  'approval_record.four_eyes': {
    status: 403,
    title: 'Nobody decides a request of their own.',
    next: 'Leave it to another steward.',
  },
  'approval_record.distinct_reviewers': {
    status: 403,
    title: 'You decided another part of this request.',
    next: 'Another person has to decide this one.',
  },
  'review_flow.invalid': {
    status: 422,
    title: 'The review flow is not valid.',
    next: 'Correct the members named in errors.',
  },
  'review_flow.reviewer_unsupported': {
    status: 422,
    title: 'This kind of reviewer cannot be used.',
    next: 'Name a user, group, permission, domain permission or attribute.',
  },
  'review_flow.reviewer_unknown': {
    status: 422,
    title: 'A reviewer does not exist.',
    next: 'Name users and groups that are there; errors tell the places.',
  },
  'request_form.standard': {
    status: 409,
    title: 'The Standard Request Form cannot be changed or deleted.',
    next: 'Make a form of your own.',
  },
  'data_product.field_forbidden': {
    status: 403,
    title: 'You may not change all of these members.',
    next: 'Leave out the members named in detail.',
  },
  'data_product.automatic_needs_governor': {
    status: 403,
    title: 'Only a governor may let highly sensitive data be given without a decision.',
    next: 'Let people decide, leave out the data sources named in detail, or ask somebody with GOVERNANCE to make this change.',
  },
  'data_product.suspended': {
    status: 409,
    title: 'The data product is suspended.',
    next: 'Wait until a manager resumes it; canceling stays possible.',
  },
  'asset.not_registered': {
    status: 409,
    title: 'The asset is not registered yet.',
    next: 'Ask an application admin to register its connection.',
  },
  ...resourceErrors,
  ...simulationErrors,
  ...secondFactorErrors,
  ...slackErrors,
  ...identityProviderErrors,
  ...scimErrors,
  ...auditErrors,
  ...readingErrors,
  ...dataKeyErrors,
  ...importErrors,
  ...ownerErrors,
  ...personErrors,
  ...webhookErrors,
  ...notificationErrors,
  'server.error': {
    status: 500,
    title: 'Something broke on our side.',
    next: 'Try again; if it stays, give the id in instance to the operator.',
  },
  'server.timeout': {
    status: 503,
    title: 'This took too long and was given up.',
    next: 'Try again in a few seconds; a narrower search or a smaller page is faster.',
  },
  'server.storage_full': {
    status: 507,
    title: 'The application database has no space left, so nothing was changed.',
    next: 'Reading works. Ask an administrator to make space on its disk, then try again.',
  },
  'server.overloaded': {
    status: 503,
    title: 'More calls came at once than can be answered, so this one was not begun.',
    next: 'Try again in a few seconds.',
  },
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
