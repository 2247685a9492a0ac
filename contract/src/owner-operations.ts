import { listDataObjectRoles, setDataObjectRoles } from './data-object-role.ts';
import {
  certifySourcePolicy,
  listCertifications,
  listPolicySources,
  listSourcePolicies,
  selectSourcePolicy,
  switchSourcePolicy,
} from './source-policy.ts';
import { releaseDataObject, syncDataObject } from './data-object.ts';

/** Operations about roles on the object tree, and what owners decide, by their ids. */
export const ownerOperations = {
  syncDataObject,
  releaseDataObject,
  listDataObjectRoles,
  setDataObjectRoles,
  listSourcePolicies,
  switchSourcePolicy,
  selectSourcePolicy,
  certifySourcePolicy,
  listCertifications,
  listPolicySources,
} as const;
