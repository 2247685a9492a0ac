import { listAttributes } from './attribute.ts';
import { readGroupPermissions } from './group-permission.ts';
import { importPeople } from './people-import.ts';

/** What is said and done about many people at once, or about what gives them rights. */
export const peopleOperations = { importPeople, readGroupPermissions, listAttributes } as const;
