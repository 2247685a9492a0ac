import type { ErrorDefinition } from './resource-errors.ts';

/** Failures around the second factor of local accounts. */
export const secondFactorErrors = {
  'auth.code_wanted': {
    status: 401,
    title: 'This account has a second factor, and no code of it came.',
    next: 'Send the code of your authenticator app, or a recovery code, as code with the same again.',
  },
  'auth.wrong_code': {
    status: 422,
    title: 'The code is wrong, or was used before.',
    next: 'Try the next code of your authenticator app, or a recovery code.',
  },
  'auth.too_many_codes': {
    status: 429,
    title: 'Too many wrong codes were tried with this account within a day, so no code of an app is taken for now.',
    next: 'Use a recovery code, or ask a user admin to reset the second factor.',
  },
  'auth.second_factor_on': {
    status: 409,
    title: 'This account has a second factor already.',
    next: 'Remove it first, then set up another one.',
  },
  'auth.no_second_factor': {
    status: 409,
    title: 'This account has no second factor.',
    next: 'Set one up first, if one is wanted.',
  },
  'auth.second_factor_needed': {
    status: 403,
    title: 'Local accounts need a second factor here, and this one has none yet.',
    next: 'Set up a second factor, then send it again.',
  },
} as const satisfies Record<string, ErrorDefinition>;
