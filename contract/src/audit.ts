import { z } from 'zod';
import { operation } from './operation.ts';
import { cursorPage, cursorQuery, queryList } from './page.ts';
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
  })
  .meta({ id: 'AuditEvent' });
export type AuditEvent = z.infer<typeof auditEvent>;

const word = line(255);

export const searchAudit = operation({
  id: 'searchAudit',
  method: 'GET',
  path: '/api/audit',
  summary: 'What happened, newest first.',
  access: { action: 'audit.read' },
  query: z.object({
    ...cursorQuery,
    action: queryList(word).optional(),
    actor: queryList(word).optional(),
    targetType: queryList(word).optional(),
    target: queryList(word).optional(),
    outcome: queryList(auditStatus).optional(),
    from: instant.optional(),
    to: instant.optional(),
    searchText: searchText.optional(),
  }),
  responses: { 200: cursorPage(auditEvent) },
});
