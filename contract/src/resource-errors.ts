export type ErrorDefinition = {
  readonly status: number;
  readonly title: string;
  readonly next: string;
  /** What to do instead where the refusal has that member. */
  readonly nextWith?: { readonly errors?: string; readonly needs?: string };
};

/** Failures of single nouns (products, connections, domains, people, plans); `error.ts` joins them to the rest. */
export const resourceErrors = {
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
  'masking_exception.not_liftable': {
    status: 422,
    title: 'The mask cannot be lifted for single people.',
    next: 'Ask the authors of the data policy that is named.',
  },
  'masking_exception.column_unknown': {
    status: 422,
    title: 'A column does not exist here.',
    next: 'Leave out the columns named in errors.',
  },
  'masking_exception.too_many_columns': {
    status: 422,
    title: 'One request holds 500 columns at most.',
    next: 'Ask for fewer columns, or make several requests.',
  },
  'asset.ambiguous': {
    status: 409,
    title: 'Several assets have this name.',
    next: 'Pick one of the candidates in detail.',
  },
  'asset.registered': {
    status: 409,
    title: 'The asset is registered by now.',
    next: 'Ask for the asset in detail.',
  },
  'requested_asset.bound': {
    status: 409,
    title: 'It is bound to an asset already.',
    next: 'Nothing is to be done; its requests are with that asset.',
  },
  'asset.form_unknown': {
    status: 422,
    title: 'The request form does not exist.',
    next: 'Name a form of GET /api/request-form.',
  },
  'asset.person_unknown': {
    status: 422,
    title: 'The person named does not exist.',
    next: 'Pick an active person.',
  },
  'asset.one_expert': {
    status: 422,
    title: 'A data product has one subject matter expert.',
    next: 'Send one.',
  },
  'asset.single_object': {
    status: 422,
    title: 'Nothing can be made below this asset.',
    next: 'Pick the schema or the database that holds it.',
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
    title: 'Data products or policies stand in this domain.',
    next: 'Delete or move those named in detail first.',
  },
  'domain.source_unknown': {
    status: 422,
    title: 'A data source does not exist.',
    next: 'Leave out the sources named in detail.',
  },
  'domain.dynamic': {
    status: 409,
    title: 'A tag decides what this domain holds.',
    next: 'Put the tag on the data sources or take it off, or make the domain a manual one.',
  },
  'domain.tag_unknown': {
    status: 422,
    title: 'There is no such tag, or it cannot make up a domain.',
    next: 'Pick a tag of yours, or that of a connection, a database or a schema.',
  },
  'tag.name_taken': { status: 409, title: 'There is such a tag already.', next: 'Use that one, or pick another name.' },
  'tag.name_invalid': {
    status: 422,
    title: 'This cannot be the name of a tag.',
    next: 'Write segments with dots between them, such as Finance.Revenue; a dot inside a segment is written \\.',
  },
  'tag.name_reserved': {
    status: 422,
    title: 'Names that begin with “Stoa ” are those of Stoa itself.',
    next: 'Pick another name.',
  },
  'tag.unknown': { status: 422, title: 'A tag does not exist.', next: 'Leave out the tags named in detail.' },
  'tag.protected': {
    status: 409,
    title: 'Stoa itself hands out this tag.',
    next: 'Change what it follows from: the place of the data source, or what it is published in.',
  },
  'tag.in_use': {
    status: 409,
    title: 'Domains or policies name this tag or one below it.',
    next: 'Change those named in detail first.',
  },
  'tag.confirm_count': {
    status: 409,
    title: 'The tag is on something.',
    next: 'Repeat the count of detail in confirmCount.',
  },
  'tag.inherited': {
    status: 409,
    title: 'The tag is on a node above, and comes from there.',
    next: 'Take it off the node named in detail.',
  },
  'tag.column_unknown': {
    status: 422,
    title: 'A data source has no such column.',
    next: 'Leave out the columns named in detail.',
  },
  'tag.too_many_targets': {
    status: 422,
    title: 'The search finds more than 1,000 data sources.',
    next: 'Narrow it, and change one part after the other.',
  },
  'tag.moves_domain': {
    status: 403,
    title: 'This moves data sources into or out of a domain in which you may not manage tags.',
    next: 'Ask a governor, or somebody who manages tags in the domains named in detail.',
  },
  'identifier.name_taken': {
    status: 409,
    title: 'There is an identifier of this name.',
    next: 'Pick another name; those of built-in identifiers are taken as well.',
  },
  'identifier.criteria_invalid': {
    status: 422,
    title: 'The criteria cannot be used.',
    next: 'Mend what detail names; a pattern is of the portable part of RE2.',
  },
  'identifier.tag_protected': {
    status: 422,
    title: 'An identifier cannot put this tag.',
    next: 'Pick a tag whose name does not begin with “Stoa ”.',
  },
  'identifier.unknown': {
    status: 422,
    title: 'An identifier does not exist, or belongs to another domain.',
    next: 'Leave out the identifiers named in detail.',
  },
  'identification.scope': {
    status: 422,
    title: 'A run is about one domain, one connection or one data source.',
    next: 'Name one of the three.',
  },
  'identification.nothing_to_do': {
    status: 409,
    title: 'There is no enabled data source to look at.',
    next: 'Enable tables in the tree of the connection, or put data sources into the domain.',
  },
  'verification.running': {
    status: 409,
    title: 'A verification is under way.',
    next: 'Wait for it; extra.runId names it.',
  },
  'identification.running': {
    status: 409,
    title: 'A run over the same is under way.',
    next: 'Wait for it, or cancel it; extra.runId names it.',
  },
  'identification.ended': { status: 409, title: 'The run has ended.', next: 'Start another one.' },
  'identification.proposal_gone': {
    status: 409,
    title: 'A proposal is no longer there.',
    next: 'Load the list again; somebody decided it, or a later run found the values again.',
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
  'group.name_taken': { status: 409, title: 'A group has this name already.', next: 'Pick another name.' },
  'group.in_use': {
    status: 409,
    title: 'A review flow or a policy names this group.',
    next: 'Take it out of those named in detail first.',
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
  'request_form.id_taken': {
    status: 409,
    title: 'A form has this id already.',
    next: 'Update that one, or send another id.',
  },
  'request_form.fields_invalid': {
    status: 422,
    title: 'The questions of the form are not valid.',
    next: 'Correct the members named in errors.',
  },
  'request_form.agreement_unknown': {
    status: 422,
    title: 'A data use agreement does not exist.',
    next: 'Leave out the agreements named in detail.',
  },
  'request_form.field_forbidden': {
    status: 403,
    title: 'You may not change all of these members.',
    next: 'Leave out the members named in detail.',
  },
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
  'data_use_agreement.id_taken': {
    status: 409,
    title: 'An agreement has this id already.',
    next: 'Update that one, or send another id.',
  },
  'policy.invalid': {
    status: 422,
    title: 'The policy is not valid.',
    next: 'Correct the members named in errors.',
  },
  'policy.not_available': {
    status: 422,
    title: 'This part of policies is not available yet.',
    next: 'Leave out the members named in errors; they come with a later release.',
  },
  'policy.name_taken': { status: 409, title: 'A policy has this name already.', next: 'Pick another name.' },
  'policy.key_taken': { status: 409, title: 'A policy has this key already.', next: 'Pick another key.' },
  'policy.type_fixed': {
    status: 409,
    title: 'A policy keeps its type.',
    next: 'Write a new policy, and take this one out of force.',
  },
  'policy.protected': {
    status: 409,
    title: 'This policy stands for approvals and cannot be changed.',
    next: 'Write a policy of your own beside it.',
  },
  'policy.in_force': {
    status: 409,
    title: 'The policy is in force.',
    next: 'Take it out of force first; what that changes is shown before.',
  },
  'policy.version_outdated': {
    status: 409,
    title: 'The policy was changed since you read it.',
    next: 'Read it again, then repeat your change.',
  },
  'policy.unchanged': {
    status: 409,
    title: 'The policy is in this state already.',
    next: 'Read it again.',
  },
} as const satisfies Record<string, ErrorDefinition>;
