import type { ErrorDefinition } from './resource-errors.ts';

/**
 * Failures of identity providers, and of signing in by one. Those of the way back from a provider reach the sign-in page as a word in
 * its address (`providerFailures`).
 */
export const identityProviderErrors = {
  'identity_provider.id_taken': {
    status: 409,
    title: 'There is a provider with this id.',
    next: 'Choose another id, or change the one that is there.',
  },
  'identity_provider.name_taken': {
    status: 409,
    title: 'There is a provider with this name.',
    next: 'Choose another name: people tell providers apart by it.',
  },
  'identity_provider.issuer_taken': {
    status: 409,
    title: 'There is a provider with this issuer.',
    next: 'Change the one that is there; people are known by issuer and subject.',
  },
  'identity_provider.issuer_in_use': {
    status: 409,
    title: 'People are linked to this issuer.',
    next: 'Register the other issuer as a provider of its own, or unlink the people first.',
  },
  'identity_provider.secret_needed': {
    status: 422,
    title: 'Another issuer does not get the secret of the one before.',
    next: 'Send the client secret that belongs to the new issuer.',
  },
  'identity_provider.address_refused': {
    status: 422,
    title: 'Stoa may not call this issuer.',
    next: 'Ask the operator to allow it with STOA_EGRESS_ALLOW, or use another address.',
  },
  'sign_in_link.subject_taken': {
    status: 409,
    title: 'The provider means somebody else by this subject.',
    next: 'Unlink the other person first, if they are not the same.',
  },
  'auth.confirm_at_provider': {
    status: 422,
    title: 'A provider signed this session in, so that it is confirmed there.',
    next: 'Confirm the login at the provider.',
  },
  'auth.not_by_provider': {
    status: 422,
    title: 'No provider signed this session in.',
    next: 'Confirm the login with the password.',
  },
  'auth.other_address': {
    status: 422,
    title: 'Providers send people back to another address of this installation.',
    next: 'Open Stoa by the address named in detail, and sign in there.',
  },
  'auth.provider_off': {
    status: 422,
    title: 'Nobody signs in by this provider now.',
    next: 'Choose another way to sign in, or ask an application admin.',
  },
  'auth.provider_unreachable': {
    status: 503,
    title: 'The provider could not be reached.',
    next: 'Try again; if it stays, ask an application admin to test the provider.',
  },
  'auth.provider_refused': {
    status: 422,
    title: 'The provider did not sign you in.',
    next: 'Try again; if it stays, give its code to an application admin.',
  },
  'auth.provider_answer_refused': {
    status: 422,
    title: 'The answer of the provider did not prove who you are.',
    next: 'Try again; if it stays, ask an application admin: the audit has the reason.',
  },
  'auth.sign_in_stale': {
    status: 422,
    title: 'This way back from the provider was used already, is too old, or was begun in another browser.',
    next: 'Sign in again.',
  },
  'auth.person_unknown': {
    status: 422,
    title: 'The provider knows you, and nobody here does yet.',
    next: 'Ask a user admin to link you to an account.',
  },
  'auth.username_taken': {
    status: 422,
    title: 'Your user name belongs to an account that is not linked to this provider.',
    next: 'Ask a user admin to link that account to you, if it is yours.',
  },
  'auth.claim_unusable': {
    status: 422,
    title: 'What the provider says of you cannot be stored.',
    next: 'Ask an application admin to look at the last sign-ins of the provider.',
  },
  'auth.account_disabled': {
    status: 422,
    title: 'Your account is disabled.',
    next: 'Ask a user admin to enable it.',
  },
  'auth.other_account': {
    status: 422,
    title: 'The provider confirmed somebody else than whose session this is.',
    next: 'Sign in at the provider as the person of this session, or sign out first.',
  },
  'auth.login_not_fresh': {
    status: 422,
    title: 'The provider did not ask you to sign in again.',
    next: 'Try again; if it stays, ask an application admin: the provider has to honour prompt=login and max_age.',
  },
  'auth.logout_token_refused': {
    status: 400,
    title: 'The logout token does not prove that the provider ended a session.',
    next: 'Send a token that is new, signed by the provider, and meant for this client.',
  },
  'user.said_by_provider': {
    status: 409,
    title: 'A provider says this of the person.',
    next: 'Change it at the provider; it comes with their next sign-in.',
  },
} as const satisfies Record<string, ErrorDefinition>;

/** What the sign-in page may be told after the way back from a provider. */
export const providerFailures = [
  'auth.provider_off',
  'auth.provider_unreachable',
  'auth.provider_refused',
  'auth.provider_answer_refused',
  'auth.sign_in_stale',
  'auth.person_unknown',
  'auth.username_taken',
  'auth.claim_unusable',
  'auth.account_disabled',
  'auth.other_account',
  'auth.login_not_fresh',
] as const satisfies readonly (keyof typeof identityProviderErrors)[];
export type ProviderFailure = (typeof providerFailures)[number];
