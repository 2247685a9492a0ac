import { z } from 'zod';
import { checkResult, connectionState, driftFinding, exposure, technology } from './enums.ts';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryBoolean, queryList } from './page.ts';
import { abilities, personName } from './person.ts';
import { taskAnswer } from './task.ts';
import { connectionKey, connectionKeyPath, instant, line, searchText, text, uuid } from './text.ts';

/** Reads of a secret give this word; sent back, it leaves the secret as it is. */
export const redacted = '[REDACTED]';

const port = z.int().min(1).max(65_535);
const identityTemplate = line(255);

export const connectionConfig = z.object({
  host: line(255),
  port: port.default(5432),
  database: line(63),
  tls: z.enum(['disable', 'require', 'verify-full']),
  /** PEM of the authority behind the server's certificate, where the system's own list lacks it. Empty: no such one. */
  ca: text(100_000, 0).optional(),
});
export type ConnectionConfig = z.infer<typeof connectionConfig>;

export const connectionCredentials = z.object({ username: line(63), password: text(1_024) });
export type ConnectionCredentials = z.infer<typeof connectionCredentials>;

/** Not one of the server's own, nor the one of what views look up. */
const viewSchema = line(63).refine(
  (name) => !/^(pg_.*|information_schema|stoa)$/i.test(name),
  'is no schema that views can go to',
);

export const connectionSettings = z.object({
  /** How a platform name is made from a person: `{username}`, `{email}`, `{emailLocalPart}`; `{username:lower}` in lower case. */
  identityTemplate: identityTemplate.default('{username}'),
  /** Remove members of our containers that no approval explains: on PostgreSQL 15 and older, where one grant is all there is. */
  strictMembers: z.boolean().optional(),
  /**
   * `owner-member`: the account may act for the owners of tables, so that what they make later in a shared schema can be read
   * at once. `grant-option`: it only passes on what it was given, and new tables are readable once a crawl has found them.
   */
  grantAuthority: z.enum(['grant-option', 'owner-member']).optional(),
  /**
   * Whether a person's open sessions on the platform end with an access. `whenNeeded` (the default): where a session could hold on to
   * it, as on PostgreSQL 15 and older.
   */
  endSessionsOnRevoke: z.enum(['never', 'whenNeeded', 'always']).optional(),
  /** Tags are read from comments of tables, views, columns and schemas, written as `[tag:PII.Email]`. Off by default. */
  readCommentTags: z.boolean().optional(),
  /**
   * `auto`: what a data policy acts on is read through a view. `views`: everything is. `base`: never through a view; what a data policy
   * acts on is then given to nobody. Nodes of the object tree may say otherwise.
   */
  exposure: exposure.optional(),
  /** The schema that views go to; `{schema}` is that of the table. */
  viewSchema: viewSchema.optional(),
  /** By schema of the table, where its views go elsewhere: `{"hr_base": "hr"}` keeps the name `hr` for consumers. */
  viewSchemas: z.record(line(63), viewSchema).optional(),
  /** `union`: who sees everything in clear keeps the indexes of masked columns; others scan a little slower. */
  maskedLookup: z.enum(['scan', 'union']).optional(),
  /** Native names of principals that `strictMembers` never removes: what they have is reported. */
  protectedPrincipals: z.array(line(63)).max(100).optional(),
});
export type ConnectionSettings = z.infer<typeof connectionSettings>;

const authType = z.enum(['password']);
const syncIntervalHours = z.int().min(1).max(8_760);

export const createConnectionBody = z.object({
  connectionKey,
  technology,
  config: connectionConfig,
  authType,
  credentials: connectionCredentials,
  settings: connectionSettings.optional(),
  syncIntervalHours: syncIntervalHours.optional(),
});
export type CreateConnectionBody = z.infer<typeof createConnectionBody>;

export const updateConnectionBody = z.object({
  // Without the defaults of a new connection: a member that is left out stays as it is.
  config: connectionConfig.extend({ port }).partial().optional(),
  credentials: connectionCredentials.partial().optional(),
  settings: connectionSettings.extend({ identityTemplate }).partial().optional(),
  syncIntervalHours: syncIntervalHours.optional(),
  state: z.enum(['active', 'paused']).optional(),
});
export type UpdateConnectionBody = z.infer<typeof updateConnectionBody>;

export const connectionScriptBody = z.object({
  technology,
  config: connectionConfig,
  settings: connectionSettings.pick({ grantAuthority: true, endSessionsOnRevoke: true }).optional(),
});
export type ConnectionScriptBody = z.infer<typeof connectionScriptBody>;

/** One check of the preflight; `repair` is the SQL that mends it. */
export const preflightCheck = z.object({
  check: z.string(),
  result: checkResult,
  detail: z.string(),
  repair: z.string().optional(),
  /** It fails for single products alone: a connection that is in use goes on giving everything else. */
  isPartial: z.boolean().optional(),
});
export type PreflightCheck = z.infer<typeof preflightCheck>;
export const preflightReport = z.object({ checks: z.array(preflightCheck) });
export type PreflightReport = z.infer<typeof preflightReport>;

export const crawlProgress = z.object({
  status: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED']),
  found: z.int().min(0),
  startedAt: instant,
  finishedAt: instant.optional(),
  error: z.string().optional(),
});
export type CrawlProgress = z.infer<typeof crawlProgress>;

export const reconcileProgress = z.object({
  status: z.enum(['IDLE', 'RUNNING', 'SUCCEEDED', 'FAILED']),
  lastRunAt: instant.optional(),
  pending: z.int().min(0),
  failed: z.int().min(0),
  error: z.string().optional(),
  nextAttemptAt: instant.optional(),
  /** Since when the platform does not answer; absent: it does. */
  downSince: instant.optional(),
});
export type ReconcileProgress = z.infer<typeof reconcileProgress>;

export const connection = z
  .object({
    connectionKey: connectionKeyPath,
    technology,
    config: connectionConfig,
    authType,
    credentials: z.object({ username: z.string(), password: z.literal(redacted) }),
    settings: connectionSettings,
    syncIntervalHours: z.int(),
    state: connectionState,
    /** Why it is in `error`. */
    stateReason: z.string().optional(),
    serverVersion: z.string().optional(),
    crawl: crawlProgress.optional(),
    reconcile: reconcileProgress,
    preflight: z.object({ checkedAt: instant, checks: z.array(preflightCheck) }).optional(),
    driftCount: z.int().min(0).optional(),
    objectCount: z.int().min(0).optional(),
    dataSourceCount: z.int().min(0).optional(),
    createdAt: instant,
    updatedAt: instant,
    abilities: abilities.optional(),
  })
  .meta({ id: 'Connection' });
export type Connection = z.infer<typeof connection>;

/** Where the platform differs from what should be there. */
export const drift = z.object({
  id: z.string().optional(),
  finding: driftFinding,
  object: z.string(),
  principal: z.string().nullable(),
  privilege: z.string().nullable(),
  since: instant,
  /** What Stoa does about it, in words. */
  reaction: z.string().optional(),
  detail: z.string().optional(),
  /** Nothing mends it by itself: a person takes it back on the platform, has the access asked for, or ignores it. */
  isForPerson: z.boolean().optional(),
  /** SQL by which an administrator of the platform takes it back; absent where no statement does. */
  repair: z.string().optional(),
  /** Who has looked at it and leaves it as it is; it counts no longer, and ends with the finding. */
  ignored: z.object({ by: personName, at: instant, reason: z.string() }).optional(),
  /** Whom it opens something to, twenty at most. */
  people: z.array(personName).optional(),
  /** Of a member that nobody approved: what the role gives access to. */
  target: z.object({ kind: z.enum(['DATA_PRODUCT', 'DATA_OBJECT', 'POLICY']), id: uuid, name: z.string() }).optional(),
});
export type Drift = z.infer<typeof drift>;

const params = z.object({ connectionKey: connectionKeyPath });

export const createConnectionScript = operation({
  id: 'createConnectionScript',
  method: 'POST',
  path: '/api/connection/script',
  summary: "The SQL that an administrator of the platform runs once to make Stoa's account.",
  access: { action: 'connection.manage' },
  body: connectionScriptBody,
  responses: { 200: z.object({ script: z.string() }) },
});

export const preflightConnection = operation({
  id: 'preflightConnection',
  method: 'POST',
  path: '/api/connection/preflight',
  summary: 'Checks a connection before it is made; writes nothing, here or there.',
  access: { action: 'connection.manage' },
  body: createConnectionBody,
  responses: { 200: preflightReport },
});

export const createConnection = operation({
  id: 'createConnection',
  method: 'POST',
  path: '/api/connection',
  summary: 'Registers a platform; the first crawl starts by itself.',
  access: { action: 'connection.manage' },
  freshLogin: true,
  body: createConnectionBody,
  responses: { 201: connection },
});

export const listConnections = operation({
  id: 'listConnections',
  method: 'GET',
  path: '/api/connection',
  summary: 'The registered platforms.',
  access: { action: 'connection.read' },
  query: z.object({ ...offsetQuery, searchText: searchText.optional() }),
  responses: { 200: offsetPage(connection) },
});

export const readConnection = operation({
  id: 'readConnection',
  method: 'GET',
  path: '/api/connection/{connectionKey}',
  summary: 'One registered platform, its crawl and its reconcile.',
  access: { action: 'connection.read' },
  params,
  responses: { 200: connection },
  unedited: [
    'serverVersion',
    'crawl',
    'reconcile',
    'preflight',
    'driftCount',
    'objectCount',
    'dataSourceCount',
    'abilities',
  ],
});

export const updateConnection = operation({
  id: 'updateConnection',
  method: 'PATCH',
  path: '/api/connection/{connectionKey}',
  summary: 'Changes a connection; new credentials are tested before they replace the old ones.',
  access: { action: 'connection.manage' },
  freshLogin: true,
  params,
  body: updateConnectionBody,
  responses: { 200: connection },
});

export const deleteConnection = operation({
  id: 'deleteConnection',
  method: 'DELETE',
  path: '/api/connection/{connectionKey}',
  summary: 'Removes a connection, and by default everything Stoa made on the platform.',
  access: { action: 'connection.manage' },
  freshLogin: true,
  params,
  query: z.object({ native: z.enum(['revoke', 'leave']).default('revoke') }),
  responses: { 202: taskAnswer },
});

export const recheckConnection = operation({
  id: 'recheckConnection',
  method: 'POST',
  path: '/api/connection/{connectionKey}/preflight',
  summary: 'Runs the checks again on a connection that exists; nothing is written on the platform.',
  access: { action: 'connection.manage' },
  params,
  responses: { 200: preflightReport },
});

export const syncConnection = operation({
  id: 'syncConnection',
  method: 'POST',
  path: '/api/connection/{connectionKey}/sync',
  summary: 'Crawls the platform, or the part of it that `path` names.',
  access: { action: 'connection.manage' },
  params,
  query: z.object({ path: text(1_000).optional() }),
  responses: { 202: taskAnswer },
});

export const reconcileConnection = operation({
  id: 'reconcileConnection',
  method: 'POST',
  path: '/api/connection/{connectionKey}/reconcile',
  summary: 'Compares the platform with what should be there, mends the difference and proves it.',
  access: { action: 'connection.manage' },
  params,
  responses: { 202: taskAnswer },
});

export const listDrift = operation({
  id: 'listDrift',
  method: 'GET',
  path: '/api/connection/{connectionKey}/drift',
  summary: 'Where the platform differs from what should be there.',
  access: { action: 'connection.read' },
  params,
  query: z.object({
    ...offsetQuery,
    searchText: searchText.optional(),
    finding: queryList(driftFinding).optional(),
    ignored: queryBoolean.optional(),
  }),
  responses: { 200: offsetPage(drift) },
});

const driftParams = params.extend({ driftId: uuid });

export const ignoreDrift = operation({
  id: 'ignoreDrift',
  method: 'POST',
  path: '/api/connection/{connectionKey}/drift/{driftId}/ignore',
  summary: 'Says that what others gave stays as it is, and why; nothing changes on the platform.',
  access: { action: 'drift.ignore' },
  params: driftParams,
  body: z.object({ reason: text(1000) }),
  responses: { 200: drift },
});

export const unignoreDrift = operation({
  id: 'unignoreDrift',
  method: 'DELETE',
  path: '/api/connection/{connectionKey}/drift/{driftId}/ignore',
  summary: 'Takes that back: the finding counts again.',
  access: { action: 'drift.ignore' },
  params: driftParams,
  responses: { 200: drift },
});

/** Where a platform differs, and what is left as it is, for the list of all operations. */
