import { z } from 'zod';

/** Enumerations of the wire, as the published Marketplace API 1.0 spells them (product.md 3.1). */
export const accessStatus = z.enum([
  'APPROVED',
  'CANCELED',
  'DENIED',
  'PENDING',
  'NONE',
  'PUBLISHER',
  'REVOKED',
  'EXPIRED',
]);
export type AccessStatus = z.infer<typeof accessStatus>;

/** The states an access request row itself can be in; `NONE` and `PUBLISHER` are only ever views of a caller. */
export const requestStatus = z.enum(['APPROVED', 'CANCELED', 'DENIED', 'PENDING', 'REVOKED', 'EXPIRED']);
export type RequestStatus = z.infer<typeof requestStatus>;

export const approvalStatus = z.enum(['APPROVED', 'BLOCKED', 'CANCELED', 'DENIED', 'PENDING']);
export type ApprovalStatus = z.infer<typeof approvalStatus>;

export const requestType = z.enum(['DATA_ACCESS', 'MASKING_EXCEPTION']);
export type RequestType = z.infer<typeof requestType>;

export const assetType = z.enum(['DATA_PRODUCT', 'DATA_OBJECT']);
export const sourceAccess = z.enum(['NONE', 'RESTRICTED', 'SUBSCRIBED']);
export type SourceAccess = z.infer<typeof sourceAccess>;

export const durationUnit = z.enum(['HOURS', 'DAYS', 'WEEKS', 'MONTHS', 'YEARS']);
export type DurationUnit = z.infer<typeof durationUnit>;

export const fieldType = z.enum(['SHORT_ANSWER', 'DROPDOWN', 'CHECKBOXES', 'ACCESS_DURATION']);
export const eventType = z.enum(['approve', 'deny', 'review', 'dataProductPolicy']);

export const globalPermission = z.enum(['APPLICATION_ADMIN', 'GOVERNANCE', 'USER_ADMIN', 'AUDIT']);
export type GlobalPermission = z.infer<typeof globalPermission>;

export const domainPermission = z.enum([
  'Manage Policies',
  'Audit Activity',
  'Manage Data Products',
  'Manage Identifiers',
  'Manage Tags',
]);
export type DomainPermission = z.infer<typeof domainPermission>;

/** Roles on nodes of the object tree; they hold for everything below the node. */
export const nodeRole = z.enum(['Infrastructure Admin', 'Data Owner']);
export type NodeRole = z.infer<typeof nodeRole>;

export const technology = z.enum([
  'Snowflake',
  'PostgreSQL',
  'Databricks',
  'Glue',
  'MySQL',
  'Teradata',
  'MariaDB',
  'Oracle',
  'SQLServer',
  'Trino',
  'Redshift',
  'BigQuery',
]);
export type Technology = z.infer<typeof technology>;

export const risk = z.enum(['HIGH', 'MODERATE', 'LOW', 'INDETERMINATE', 'PENDING']);
export type Risk = z.infer<typeof risk>;

/** Ours: where the access of a request stands on the platform, beside its status (product.md 4.1). */
export const provisioningState = z.enum([
  'NONE',
  'AWAITING_ACCEPTANCE',
  'AWAITING_IDENTITY',
  'PROVISIONING',
  'ACTIVE',
  'FAILED',
  'REMOVING',
  'REMOVED',
  'REMOVE_FAILED',
]);
export type ProvisioningState = z.infer<typeof provisioningState>;

/** Ours: the same per object, with two states only an object can be in. */
export const objectProvisioningState = z.enum([...provisioningState.options, 'PREVENTED', 'DRIFTED']);
export type ObjectProvisioningState = z.infer<typeof objectProvisioningState>;

export const connectionState = z.enum(['draft', 'active', 'paused', 'error', 'deleting']);
export type ConnectionState = z.infer<typeof connectionState>;

export const identityState = z.enum(['mapped', 'fallback', 'absent', 'unverified']);
export type IdentityState = z.infer<typeof identityState>;

export const checkResult = z.enum(['pass', 'warn', 'fail']);

/** Findings of the drift sweep (platforms.md 2). */
/** How sources are read: through a view where a data policy acts on them, always through a view, or never. */
export const exposure = z.enum(['auto', 'views', 'base']);
export type Exposure = z.infer<typeof exposure>;

export const driftFinding = z.enum([
  'missing',
  'extra_on_container',
  'bypass',
  'tampered_policy',
  'unknown_member',
  'identity_missing',
]);
export type DriftFinding = z.infer<typeof driftFinding>;
