import { listAttributes } from './attribute.ts';
import { readGroupPermissions } from './group-permission.ts';
import { importPeople } from './people-import.ts';
import { peopleChangeOperations } from './people-change.ts';
import { endUserSessions } from './user-session.ts';
import { deleteUserToken, listUserTokens } from './user-token.ts';

/** What is said and done about many people at once, about what gives them rights, or about their sessions and tokens. */
export const peopleOperations = {
  importPeople,
  ...peopleChangeOperations,
  readGroupPermissions,
  listAttributes,
  endUserSessions,
  listUserTokens,
  deleteUserToken,
} as const;
