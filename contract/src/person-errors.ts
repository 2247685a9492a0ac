import type { ErrorDefinition } from './resource-errors.ts';

/** Failures of who is the same person, and of what permissions people hold together. */
export const personErrors = {
  'user.person_unknown': {
    status: 422,
    title: 'There is no login that could be the same person.',
    next: 'Name one of GET /api/user in samePersonAs.',
  },
  'user.last_admin': {
    status: 409,
    title: 'Somebody has to be able to manage users.',
    next: 'Give the permission to someone else first.',
  },
  'user.kept_apart': {
    status: 409,
    title: 'Nobody holds both Governance and Application admin here.',
    next: 'Take the one away first, or give the other to somebody else.',
  },
  'settings.held_together': {
    status: 409,
    title: 'Somebody holds both Governance and Application admin.',
    next: 'Take one of the two from everybody named in detail first.',
  },
} as const satisfies Record<string, ErrorDefinition>;
