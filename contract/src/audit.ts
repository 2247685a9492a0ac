import { z } from 'zod';
import { operation } from './operation.ts';
import { cursorMeta, cursorPage, cursorQuery, queryList } from './page.ts';
import { instant, line, searchText } from './text.ts';

export const auditStatus = z.enum(['SUCCESS', 'FAILURE', 'DENIED']);
export type AuditStatus = z.infer<typeof auditStatus>;
export const actorType = z.enum(['USER_ACTOR', 'SYSTEM_ACTOR', 'SERVICE_ACTOR', 'PLATFORM_ACTOR']);
export type ActorType = z.infer<typeof actorType>;

const related = z.object({ type: z.string(), id: z.string(), name: z.string().optional() });

/** One thing that happened, written in the transaction it describes. */
export const auditEvent = z
  .object({
    id: z.string(),
    tenantId: z.string(),
    /** `AccessRequested`, `ApprovalRecordDecided`, `ProvisioningVerified` ... */
    action: z.string(),
    actionStatus: auditStatus,
    eventTimestamp: instant,
    receivedTimestamp: instant,
    actor: z.object({
      type: actorType,
      id: z.string(),
      name: z.string(),
      identityProvider: z.string().optional(),
      profileId: z.string().optional(),
      onBehalfOf: z.string().optional(),
    }),
    actorIp: z.string().nullable(),
    targetType: z.string(),
    targets: z.array(related),
    relatedResources: z.array(related),
    auditPayload: z.looseObject({ type: z.string(), version: z.string() }),
    requestId: z.string().nullable(),
    sessionId: z.string().nullable(),
    /** Its place in the chain, and when a checkpoint that covers it was signed; null: not sealed yet. */
    seal: z.object({ seq: z.int(), checkpointAt: instant.nullable() }).nullable(),
  })
  .meta({ id: 'AuditEvent' });
export type AuditEvent = z.infer<typeof auditEvent>;

const word = line(255);

/** What narrows the trail, for lists, counts and exports alike. */
const filter = {
  action: queryList(word).optional(),
  actor: queryList(word).optional(),
  targetType: queryList(word).optional(),
  target: queryList(word).optional(),
  outcome: queryList(auditStatus).optional(),
  from: instant.optional(),
  to: instant.optional(),
  searchText: searchText.optional(),
};

const auditPage = cursorPage(auditEvent).extend({
  meta: cursorMeta.extend({
    /** Of a page that is not full though there is more: everything since then was looked through. `nextToken` looks further. */
    lookedSince: instant.optional(),
  }),
});

export const searchAudit = operation({
  id: 'searchAudit',
  method: 'GET',
  path: '/api/audit',
  summary: 'What happened, newest first.',
  access: { action: 'audit.read' },
  query: z.object({ ...cursorQuery, ...filter }),
  responses: { 200: auditPage },
});

/** What an action is about (governance.md 12). */
export const auditFamily = z.enum(['people', 'access', 'catalogue', 'policy', 'native', 'system']);
export type AuditFamily = z.infer<typeof auditFamily>;

export const auditCounts = z
  .object({
    from: instant,
    to: instant,
    /** Days of UTC on which something happened, in their order; `others`: that failed or were refused. */
    days: z.array(z.object({ day: z.iso.date(), count: z.int(), others: z.int() })),
    families: z.array(z.object({ family: auditFamily, count: z.int() })),
    /** Only so many of the newest were looked at; there are more. */
    countedOnly: z.int().nullable(),
  })
  .meta({ id: 'AuditCounts' });
export type AuditCounts = z.infer<typeof auditCounts>;

export const countAudit = operation({
  id: 'countAudit',
  method: 'GET',
  path: '/api/audit/count',
  summary: 'How many events a day and of which kind, for the last 30 days or the time given.',
  access: { action: 'audit.read' },
  query: z.object(filter),
  responses: { 200: auditCounts },
});

export const exportAudit = operation({
  id: 'exportAudit',
  method: 'GET',
  path: '/api/audit/export',
  summary:
    'The events that the caller may read as NDJSON, oldest first; the name of the file says which numbers it covers.',
  access: { action: 'audit.read' },
  query: z.object(filter),
  responses: { 200: z.string() },
  answerType: 'application/x-ndjson',
});
