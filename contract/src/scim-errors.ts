import type { ErrorDefinition } from './resource-errors.ts';

/** Failures of SCIM, and of what a directory keeps. To directories they go in the form of RFC 7644, with its own words (`scimType`). */
export const scimErrors = {
  'scim.token_refused': {
    status: 401,
    title: 'This is no token of a directory, or it has ended.',
    next: 'Send the token that the page of the identity provider showed; an application admin renews it there.',
  },
  'scim.filter_refused': {
    status: 400,
    title: 'The filter is not supported.',
    next: 'Compare with eq, and join comparisons with and.',
  },
  'scim.path_refused': {
    status: 400,
    title: 'There is no such attribute.',
    next: 'Take it out of the mapping of the directory; /Schemas says which attributes are kept.',
  },
  'scim.no_target': {
    status: 400,
    title: 'The operation names nothing to change.',
    next: 'Name a path.',
  },
  'scim.value_refused': {
    status: 400,
    title: 'A value cannot be stored.',
    next: 'Send a value of the form that is told.',
  },
  'scim.body_refused': {
    status: 400,
    title: 'The body is no message of SCIM.',
    next: 'Send one as RFC 7644 writes it.',
  },
  'scim.read_only': {
    status: 400,
    title: 'The attribute does not change.',
    next: 'Leave it as it is; somebody else is a user of their own.',
  },
  'scim.taken': {
    status: 409,
    title: 'Somebody else, or another group, is known by this already.',
    next: 'Update that one, or have it resolved by a user admin as is told.',
  },
  'scim.off': {
    status: 409,
    title: 'SCIM is not switched on for this provider.',
    next: 'Switch it on first.',
  },
  'group.kept_by_directory': {
    status: 409,
    title: 'A directory keeps this group.',
    next: 'Change it in the directory; it arrives over SCIM.',
  },
} as const satisfies Record<string, ErrorDefinition>;
