import { z } from 'zod';
import { driftFinding, objectProvisioningState, requestType, technology } from './enums.ts';
import { operation } from './operation.ts';
import { offsetPage, queryBoolean, queryInteger, queryList } from './page.ts';
import { personName } from './person.ts';
import { connectionKeyPath, cuid, instant, numericIdText, searchText, uuid } from './text.ts';

/** Rows further down are read from the file, which has them all. */
export const deepestReportRow = 10_000;

const page = {
  offset: queryInteger(0, deepestReportRow).default(0),
  limit: queryInteger(1, 500).default(50),
  searchText: searchText.optional(),
};

export const reportTarget = z.object({
  id: uuid,
  type: z.enum(['DATA_PRODUCT', 'DATA_OBJECT']),
  name: z.string(),
  slug: z.string().optional(),
});
export type ReportTarget = z.infer<typeof reportTarget>;

export const reportSource = z.object({
  dataSourceId: z.int(),
  name: z.string(),
  connectionKey: z.string(),
  technology,
  objectPath: z.array(z.string()),
});
export type ReportSource = z.infer<typeof reportSource>;

/** What gives access: an approval, a policy, or others on the platform itself. */
const accessCauseKind = z.enum(['REQUEST', 'POLICY', 'PLATFORM']);

/**
 * How sure it is that a row stood at an earlier moment. `PROVED`: the platform had said so by then. `DECIDED`: it was approved, and
 * the platform had not answered yet, or the decision stands against the platform. `FOUND`: a sweep had found a way that others
 * opened, whose users are those it was last seen with. `INFERRED`: the person was in a policy's container, and it is not kept
 * whether that one opened the data source then.
 */
export const accessEvidence = z.enum(['PROVED', 'DECIDED', 'FOUND', 'INFERRED']);
export type AccessEvidence = z.infer<typeof accessEvidence>;

/**
 * What an answer about an earlier moment leaves out. `BEFORE_SOURCE`: Stoa did not know the data source yet, and answers nothing.
 * `TABLE`: that a person was in a product or asset was proved; whether the platform kept this table of it closed is not kept, unless it
 * was disabled.
 * `POLICIES`: whom a policy has stopped reaching since is not kept. `GUARDRAILS`: which tables of a product a guardrail kept closed to
 * a person is not kept. `PAST_STOA`: what others granted is known from when a sweep found it to when one found it gone.
 */
export const accessGap = z.enum(['BEFORE_SOURCE', 'TABLE', 'POLICIES', 'GUARDRAILS', 'PAST_STOA']);
export type AccessGap = z.infer<typeof accessGap>;

/**
 * One person, one data source, one cause. `user` is null where the platform gives access to an account that is nobody's here.
 */
export const accessRow = z
  .object({
    user: personName.nullable(),
    /** The login on the platform. */
    account: z.string().nullable(),
    source: reportSource,
    cause: accessCauseKind,
    /** What was approved, the policy, or the privilege that others gave. */
    causeText: z.string(),
    target: reportTarget.nullable(),
    requestId: cuid.nullable(),
    since: instant.nullable(),
    decidedBy: personName.nullable(),
    reason: z.string().nullable(),
    until: instant.nullable(),
    state: objectProvisioningState,
    verifiedAt: instant.nullable(),
    /** Of an earlier moment alone; null: the row speaks of now. */
    evidence: accessEvidence.nullable(),
    /** When the login last read the source, as far as the platform tells; null: not since `usedSince`. */
    lastUsedAt: instant.nullable(),
    /** Since when reads are counted there; null: they are not. */
    usedSince: instant.nullable(),
  })
  .meta({ id: 'ReportAccessRow' });
export type AccessRow = z.infer<typeof accessRow>;

export const expiringRow = z
  .object({
    requestId: cuid,
    user: personName,
    target: reportTarget,
    requestType,
    since: instant.nullable(),
    until: instant,
    decidedBy: personName.nullable(),
    /** Somebody has asked for it again, and waits. */
    isRenewalPending: z.boolean(),
  })
  .meta({ id: 'ReportExpiringRow' });
export type ExpiringRow = z.infer<typeof expiringRow>;

export const decisionsRow = z
  .object({
    steward: personName,
    approved: z.int(),
    denied: z.int(),
    /** Of those approved, how many for a time. */
    temporary: z.int(),
    /** From the request to the determination that ended it, seconds: half of them were faster. */
    medianSeconds: z.number(),
    /** Nine in ten were faster. */
    p90Seconds: z.number(),
    /** Of all decided, those that one click decided together with others. */
    inBulk: z.int(),
    /** Decided as review assist recommended, and against it. */
    followedAdvice: z.int(),
    overrodeAdvice: z.int(),
  })
  .meta({ id: 'ReportDecisionsRow' });
export type DecisionsRow = z.infer<typeof decisionsRow>;

export const driftRow = z
  .object({
    finding: driftFinding,
    connectionKey: z.string(),
    object: z.string(),
    principal: z.string(),
    privilege: z.string(),
    since: instant,
    closedAt: instant.nullable(),
    /** Who or what closed it. */
    closedHow: z.string().nullable(),
    /** Of one that a plan of two people has taken back: who filed and who confirmed it, and why. */
    closedBy: z.string().nullable(),
    closedReason: z.string().nullable(),
    /** Who leaves it as it is, since when and why; null where nobody does. */
    ignoredBy: z.string().nullable(),
    ignoredAt: instant.nullable(),
    ignoredReason: z.string().nullable(),
  })
  .meta({ id: 'ReportDriftRow' });
export type DriftRow = z.infer<typeof driftRow>;

export const maskedColumnRow = z
  .object({
    source: reportSource,
    columnName: z.string(),
    maskingType: z.string(),
    /** What is shown instead, where the column's type cannot bear the mask. */
    degradedTo: z.string().nullable(),
    policyId: uuid,
    policyName: z.string(),
    matchedTag: z.string().nullable(),
    /** Whom the policy itself excepts, as a condition. */
    exceptPeopleWho: z.string().nullable(),
    /** Exceptions that were approved and hold now: how many, and the first of them. */
    exceptionCount: z.int(),
    exceptions: z.array(z.object({ requestId: cuid, user: personName, until: instant.nullable() })),
  })
  .meta({ id: 'ReportMaskedColumnRow' });
export type MaskedColumnRow = z.infer<typeof maskedColumnRow>;

/** How often a login read a data source within the span. */
export const activityRow = z
  .object({
    source: reportSource,
    user: personName.nullable(),
    account: z.string(),
    calls: z.int(),
    /** That may have meant another table of the same name. */
    maybeCalls: z.int(),
    firstAt: instant,
    lastAt: instant,
  })
  .meta({ id: 'ReportActivityRow' });
export type ActivityRow = z.infer<typeof activityRow>;

/**
 * Whether not having read is known: `unused`: reads were counted throughout the span; `too_short`: since less than that;
 * `unknown`: the platform does not tell.
 */
export const unusedState = z.enum(['unused', 'too_short', 'unknown']);
export type UnusedState = z.infer<typeof unusedState>;

/** Access to one data source that its person has had for the whole span, and did not use in it. */
export const unusedRow = z
  .object({
    user: personName,
    account: z.string().nullable(),
    source: reportSource,
    state: unusedState,
    /** Products, assets and policies that give it. */
    through: z.array(z.string()),
    /** The request to revoke, where one gives it. */
    requestId: cuid.nullable(),
    since: instant.nullable(),
    lastUsedAt: instant.nullable(),
    usedSince: instant.nullable(),
  })
  .meta({ id: 'ReportUnusedRow' });
export type UnusedRow = z.infer<typeof unusedRow>;

/** So many tables of a row are told by name; the count is of all. */
export const mostNamedObjects = 10;

/**
 * A login that belongs to no person here, and what one way opens to it. Objects are counted: a group of thousands may have thousands of
 * tables. Asked about one data source, the count is 1.
 */
export const unmappedLoginRow = z
  .object({
    connectionKey: connectionKeyPath,
    technology,
    login: z.string(),
    /** It may sign in; null: it is everybody on the platform. */
    canLogin: z.boolean().nullable(),
    /** The role that has the privilege and lets it in; null: the login has it itself. */
    through: z.string().nullable(),
    privilege: z.string(),
    objectCount: z.int(),
    /** It opens everything on the platform, what comes later too. */
    isEverything: z.boolean(),
    /** The first of them by name. */
    objects: z.array(reportSource),
    /** When a sweep first saw it. */
    since: instant,
  })
  .meta({ id: 'ReportUnmappedLoginRow' });
export type UnmappedLoginRow = z.infer<typeof unmappedLoginRow>;

/**
 * What shows a masked column in clear: an approved exception, the policy that excepts people, or others on the platform itself, who let
 * a login at the table past its view.
 */
const clearCause = z.enum(['EXCEPTION', 'POLICY', 'PLATFORM']);

/**
 * What an answer about an earlier moment leaves out. `BEFORE_SOURCE`: Stoa did not know the data source yet, and answers nothing.
 * `MASKS`: which columns were masked then, and how, is not kept. `POLICIES`: nor whom a policy excepted. `PAST_STOA`: what others granted
 * is known from when a sweep found it to when one found it gone.
 */
export const clearGap = z.enum(['BEFORE_SOURCE', 'MASKS', 'POLICIES', 'PAST_STOA']);
export type ClearGap = z.infer<typeof clearGap>;

/** Somebody who sees a masked column in clear where they may read its table. `user` is null where a condition tells whom it is for. */
export const clearColumnRow = z
  .object({
    user: personName.nullable(),
    account: z.string().nullable(),
    /** Null: every column of the table. */
    columnName: z.string().nullable(),
    /** The mask that others see there now; null where there is none any more. */
    maskingType: z.string().nullable(),
    cause: clearCause,
    /** What was asked for, whom the policy excepts, or the privilege that others gave. */
    causeText: z.string(),
    policyName: z.string().nullable(),
    requestId: cuid.nullable(),
    since: instant.nullable(),
    decidedBy: personName.nullable(),
    reason: z.string().nullable(),
    until: instant.nullable(),
    state: objectProvisioningState,
    verifiedAt: instant.nullable(),
    /** Of an earlier moment alone; null: the row speaks of now. */
    evidence: accessEvidence.nullable(),
  })
  .meta({ id: 'ReportClearColumnRow' });
export type ClearColumnRow = z.infer<typeof clearColumnRow>;

const access = { action: 'report.read' } as const;

export const reportWhoHasAccess = operation({
  id: 'reportWhoHasAccess',
  method: 'GET',
  path: '/api/report/who-has-access',
  summary:
    'Who can read a data source, and why; with `at`, who could at an earlier moment, as far as that is on record.',
  access,
  query: z.object({ ...page, sourceId: numericIdText, at: instant.optional() }),
  responses: {
    200: offsetPage(accessRow).extend({
      /** The moment the rows speak of, and what is not known of it; null: they speak of now. */
      asOf: z.object({ at: instant, gaps: z.array(accessGap) }).nullable(),
    }),
  },
});

export const reportWhatHas = operation({
  id: 'reportWhatHas',
  method: 'GET',
  path: '/api/report/what-has',
  summary: 'What a person can read, and why; the caller unless `user` names another.',
  access,
  query: z.object({ ...page, user: uuid.optional(), cause: queryList(accessCauseKind).optional() }),
  responses: { 200: offsetPage(accessRow) },
});

export const reportExpiring = operation({
  id: 'reportExpiring',
  method: 'GET',
  path: '/api/report/expiring',
  summary: 'Access that ends within so many days.',
  access,
  query: z.object({ ...page, days: queryInteger(1, 3_650).default(30) }),
  responses: { 200: offsetPage(expiringRow) },
});

export const reportDecisions = operation({
  id: 'reportDecisions',
  method: 'GET',
  path: '/api/report/decisions',
  summary: 'Per steward: how many requests they decided, how, and how long people waited.',
  access,
  query: z.object({ ...page, from: instant.optional(), to: instant.optional() }),
  responses: { 200: offsetPage(decisionsRow) },
});

const driftState = z.enum(['open', 'ignored', 'closed']);
export type DriftState = z.infer<typeof driftState>;

export const reportDrift = operation({
  id: 'reportDrift',
  method: 'GET',
  path: '/api/report/drift',
  summary: 'Where a platform differed from what was decided, of all connections.',
  access,
  query: z.object({
    ...page,
    connectionKey: connectionKeyPath.optional(),
    state: queryList(driftState).optional(),
  }),
  responses: { 200: offsetPage(driftRow) },
});

export const reportMaskedColumns = operation({
  id: 'reportMaskedColumns',
  method: 'GET',
  path: '/api/report/masked-columns',
  summary: 'Which columns are masked, by which policy, and who sees them in clear all the same.',
  access,
  query: z.object({ ...page, connectionKey: connectionKeyPath.optional() }),
  responses: { 200: offsetPage(maskedColumnRow) },
});

export const reportQueryActivity = operation({
  id: 'reportQueryActivity',
  method: 'GET',
  path: '/api/report/query-activity',
  summary: 'Which logins read which data sources, and how often, as the platforms count it.',
  access,
  query: z.object({
    ...page,
    sourceId: numericIdText.optional(),
    connectionKey: connectionKeyPath.optional(),
    days: queryInteger(1, 3_650).default(30),
  }),
  responses: { 200: offsetPage(activityRow) },
});

export const reportUnusedAccess = operation({
  id: 'reportUnusedAccess',
  method: 'GET',
  path: '/api/report/unused-access',
  summary: 'Who has had access to a data source for so many days and has not read it in them.',
  access,
  query: z.object({
    ...page,
    sourceId: numericIdText.optional(),
    connectionKey: connectionKeyPath.optional(),
    state: queryList(unusedState).optional(),
    days: queryInteger(1, 3_650).default(90),
  }),
  responses: { 200: offsetPage(unusedRow) },
});

export const reportUnmappedLogins = operation({
  id: 'reportUnmappedLogins',
  method: 'GET',
  path: '/api/report/unmapped-logins',
  summary: 'Which logins of the platforms reach data sources and belong to no person here.',
  access,
  query: z.object({
    ...page,
    sourceId: numericIdText.optional(),
    connectionKey: connectionKeyPath.optional(),
    canLogin: queryBoolean.optional(),
  }),
  responses: {
    200: offsetPage(unmappedLoginRow).extend({
      /** When each platform was looked at last; `isCut`: it has more of them than were read. */
      looks: z.array(z.object({ connectionKey: connectionKeyPath, at: instant.nullable(), isCut: z.boolean() })),
    }),
  },
});

export const reportClearColumns = operation({
  id: 'reportClearColumns',
  method: 'GET',
  path: '/api/report/clear-columns',
  summary:
    'Who sees masked columns of a data source in clear, and why; with `at`, who did at an earlier moment, as far as that is on record.',
  access,
  query: z.object({ ...page, sourceId: numericIdText, at: instant.optional() }),
  responses: {
    200: offsetPage(clearColumnRow).extend({
      /** The moment the rows speak of, and what is not known of it; null: they speak of now. */
      asOf: z.object({ at: instant, gaps: z.array(clearGap) }).nullable(),
    }),
  },
});

export const reportNames = [
  'who-has-access',
  'what-has',
  'expiring',
  'decisions',
  'masked-columns',
  'clear-columns',
  'drift',
  'query-activity',
  'unused-access',
  'unmapped-logins',
] as const;
export const reportName = z.enum(reportNames);
export type ReportName = z.infer<typeof reportName>;

export const exportReport = operation({
  id: 'exportReport',
  method: 'GET',
  path: '/api/report/{report}/csv',
  summary:
    'All rows of a report as CSV; the query is that of the report. Cells that a spreadsheet would run are made text.',
  access,
  params: z.object({ report: reportName }),
  query: z.looseObject({}),
  responses: { 200: z.string() },
  answerType: 'text/csv',
});

export const reportOperations = {
  reportWhoHasAccess,
  reportWhatHas,
  reportExpiring,
  reportDecisions,
  reportMaskedColumns,
  reportDrift,
  reportQueryActivity,
  reportUnusedAccess,
  reportUnmappedLogins,
  reportClearColumns,
  exportReport,
} as const;
