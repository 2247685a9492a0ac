import { listDataObjectRoles, setDataObjectRoles } from './data-object-role.ts';
import { releaseDataObject, syncDataObject } from './data-object.ts';

/** Operations about roles on the object tree, and what owners decide, by their ids. */
export const ownerOperations = {
  syncDataObject,
  releaseDataObject,
  listDataObjectRoles,
  setDataObjectRoles,
} as const;
