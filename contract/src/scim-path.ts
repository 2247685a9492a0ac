/** Below it the API speaks SCIM: its media type, its errors, and a bearer token that opens nothing else. */
export const scimRoot = '/api/scim/v2';

/** Whether an address, or the path of an operation, is one of SCIM. */
export const speaksScim = (path: string): boolean => path.startsWith(`${scimRoot}/`);

export const scimType = 'application/scim+json';

/** The ids of the schemas and messages, as RFC 7643 and RFC 7644 write them; the last one is Stoa's. */
export const scimUrns = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  enterprise: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  attributes: 'urn:ietf:params:scim:schemas:extension:stoa:2.0:User',
  list: 'urn:ietf:params:scim:api:messages:2.0:ListResponse',
  patch: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
  error: 'urn:ietf:params:scim:api:messages:2.0:Error',
} as const;
