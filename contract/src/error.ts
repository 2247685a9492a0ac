import { z } from 'zod';

type ErrorDefinition = { readonly status: number; readonly title: string; readonly next: string };

/**
 * Every expected failure, with its HTTP status, its sentence, and what to do next. A code is stable: programs branch on it.
 * Nothing was changed when one of these is answered, unless its title says otherwise.
 */
export const errorDefinitions = {
  'request.malformed': {
    status: 400,
    title: 'The request could not be read.',
    next: 'Correct the members named in errors and send it again.',
  },
  'request.too_large': { status: 413, title: 'The body is larger than 1 MB.', next: 'Send less at once.' },
  'request.unsupported_media_type': { status: 415, title: 'The body is not JSON.', next: 'Send application/json.' },
  'auth.not_authenticated': {
    status: 401,
    title: 'Not authenticated.',
    next: 'Sign in, or send a personal access token.',
  },
  'auth.bad_credentials': {
    status: 401,
    title: 'Username or password is wrong.',
    next: 'Try again, or ask a user admin to set a new password.',
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
    next: 'Ask the person named in detail for the permission.',
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
  'feature.not_available': {
    status: 501,
    title: 'This operation is not available yet.',
    next: 'It comes with a later release.',
  },
  'idempotency.body_differs': {
    status: 422,
    title: 'This Idempotency-Key was used with another body.',
    next: 'Use a new key for a new request.',
  },
  'idempotency.in_progress': {
    status: 409,
    title: 'The first call with this Idempotency-Key is still running.',
    next: 'Wait, then repeat it.',
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
  'data_product.name_taken': {
    status: 409,
    title: 'A data product has this name already.',
    next: 'Pick another name.',
  },
  'data_product.id_taken': {
    status: 409,
    title: 'A data product has this id already.',
    next: 'Update that one, or send another id.',
  },
  'data_product.no_sources': {
    status: 422,
    title: 'A data product needs a data source.',
    next: 'Pick at least one data source of its domains.',
  },
  'data_product.source_out_of_domain': {
    status: 422,
    title: 'A data source is not in a domain of the product.',
    next: 'Pick sources of its domains, or add them to a domain first.',
  },
  'data_product.source_unknown': {
    status: 422,
    title: 'A data source does not exist.',
    next: 'Leave out the sources named in detail.',
  },
  'data_product.domain_unknown': {
    status: 422,
    title: 'A domain does not exist.',
    next: 'Pick one of the domains in which you may publish.',
  },
  'data_product.form_unknown': {
    status: 422,
    title: 'The request form does not exist.',
    next: 'Pick one of the request forms.',
  },
  'data_product.person_unknown': {
    status: 422,
    title: 'The person named does not exist.',
    next: 'Pick an active person.',
  },
  'masking_exception.no_mask': {
    status: 422,
    title: 'The columns have no mask.',
    next: 'Ask for access to the data instead.',
  },
  'asset.ambiguous': {
    status: 409,
    title: 'Several assets have this name.',
    next: 'Pick one of the candidates in detail.',
  },
  'asset.metadata_mismatch': {
    status: 422,
    title: 'The metadata does not belong to this asset.',
    next: 'Send the metadata that was answered for its name.',
  },
  'connection.key_taken': { status: 409, title: 'A connection has this key already.', next: 'Pick another key.' },
  'connection.in_use': {
    status: 409,
    title: 'A published product uses this connection.',
    next: 'Delete the products named in detail first, or take the sources out.',
  },
  'connection.preflight_failed': {
    status: 422,
    title: 'The checks of the connection failed.',
    next: 'Run the repairs that the checks name, then try again.',
  },
  'connection.technology_unsupported': {
    status: 422,
    title: 'There is no connector for this technology yet.',
    next: 'Pick PostgreSQL.',
  },
  'connection.address_refused': {
    status: 422,
    title: 'This address may not be reached from here.',
    next: 'Ask the operator to allow it in STOA_EGRESS_ALLOW.',
  },
  'connection.unreachable': {
    status: 422,
    title: 'The platform did not answer.',
    next: 'Check host, port and login, then try again.',
  },
  'connection.paused': { status: 409, title: 'The connection is paused.', next: 'Activate it first.' },
  'connection.deleting': { status: 409, title: 'The connection is being deleted.', next: 'Wait until it is gone.' },
  'connection.path_unknown': {
    status: 422,
    title: 'There is no such path on the platform.',
    next: 'Leave it out to crawl everything.',
  },
  'plan.changed': {
    status: 409,
    title: 'The plan is not the one that was shown.',
    next: 'Read the plan again, then decide again.',
  },
  'provisioning.nothing_to_retry': {
    status: 409,
    title: 'Nothing of this request has failed.',
    next: 'Read its provisioning again.',
  },
  'domain.name_taken': { status: 409, title: 'A domain has this name already.', next: 'Pick another name.' },
  'domain.in_use': {
    status: 409,
    title: 'Data products stand in this domain.',
    next: 'Delete or move the products named in detail first.',
  },
  'domain.source_unknown': {
    status: 422,
    title: 'A data source does not exist.',
    next: 'Leave out the sources named in detail.',
  },
  'domain.principal_unknown': {
    status: 422,
    title: 'A user or group does not exist.',
    next: 'Leave out the principals named in detail.',
  },
  'identity.taken': {
    status: 409,
    title: 'Somebody else has this name on the platform.',
    next: 'Pick another name; two people on one account would share all access.',
  },
  'identity.reserved': {
    status: 422,
    title: 'This name cannot be granted to.',
    next: 'Pick the name of an ordinary login.',
  },
  'data_object.in_product': {
    status: 409,
    title: 'A published product holds this object.',
    next: 'Take it out of the products named in detail first.',
  },
  'data_object.confirm_count': {
    status: 409,
    title: 'This reaches more than 100,000 objects.',
    next: 'Repeat the count of detail in confirmCount.',
  },
  'user.username_taken': { status: 409, title: 'A user has this username already.', next: 'Pick another username.' },
  'user.email_taken': { status: 409, title: 'A user has this e-mail address already.', next: 'Pick another address.' },
  'user.own_rights': {
    status: 403,
    title: 'Nobody changes their own permissions, groups or attributes.',
    next: 'Ask another user admin.',
  },
  'user.last_admin': {
    status: 409,
    title: 'Somebody has to be able to manage users.',
    next: 'Give the permission to someone else first.',
  },
  'group.name_taken': { status: 409, title: 'A group has this name already.', next: 'Pick another name.' },
  'group.in_use': {
    status: 409,
    title: 'A review flow names this group.',
    next: 'Take it out of the flows named in detail first.',
  },
  'group.member_unknown': {
    status: 422,
    title: 'A user does not exist.',
    next: 'Leave out the users named in detail.',
  },
  'token.expiration_past': { status: 422, title: 'The token would be over already.', next: 'Pick a later end.' },
  'token.expiration_too_late': { status: 422, title: 'A token lasts a year at most.', next: 'Pick an earlier end.' },
  'request_form.in_use': {
    status: 409,
    title: 'Products or assets use this form.',
    next: 'Give them another form first.',
  },
  'request_form.name_taken': { status: 409, title: 'A form has this name already.', next: 'Pick another name.' },
  'data_use_agreement.in_use': {
    status: 409,
    title: 'Forms ask for this agreement.',
    next: 'Take it out of the forms named in detail first.',
  },
  'data_use_agreement.name_taken': {
    status: 409,
    title: 'An agreement has this name already.',
    next: 'Pick another name.',
  },
  'page.token_invalid': {
    status: 400,
    title: 'The nextToken is not one of this list.',
    next: 'Leave it out to start from the beginning.',
  },
  'server.error': {
    status: 500,
    title: 'Something broke on our side.',
    next: 'Try again; if it stays, give the id in instance to the operator.',
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
