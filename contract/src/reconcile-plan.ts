import { z } from 'zod';
import { reconcileConnection } from './connection.ts';
import { technology } from './enums.ts';
import { operation } from './operation.ts';
import { connectionKeyPath, instant } from './text.ts';

/** What a reconcile of a whole connection would run, had it begun at this moment. */
export const reconcilePlan = z
  .object({
    connectionKey: z.string(),
    technology,
    observedAt: instant,
    /** In order, exactly as they would run; the first thousand, and of very long ones fewer. */
    statements: z.array(
      z.object({
        sql: z.string(),
        /** `takes`: it only ever leaves less access. `masks`: a view is written or goes. `gives`: anything else. */
        effect: z.enum(['takes', 'masks', 'gives']),
      }),
    ),
    /** How many there are in all. */
    statementCount: z.int(),
    /** What should be done and cannot be now, or must not; the first hundred. */
    blocked: z.array(z.object({ object: z.string(), reason: z.string() })),
    blockedCount: z.int(),
    /**
     * Why not all of it would run now: the connection is not in use yet, is paused, or fails its checks, so that nothing that gives is
     * in the statements.
     */
    waits: z.enum(['draft', 'paused', 'checks_failed']).optional(),
  })
  .meta({ id: 'ReconcilePlan' });
export type ReconcilePlan = z.infer<typeof reconcilePlan>;

export const previewReconcile = operation({
  id: 'previewReconcile',
  method: 'GET',
  path: '/api/connection/{connectionKey}/reconcile/plan',
  summary: 'Looks at the platform and lists what a reconcile would run, without running it.',
  access: { action: 'connection.manage' },
  params: z.object({ connectionKey: connectionKeyPath }),
  responses: { 200: reconcilePlan },
});

export const reconcileOperations = { reconcileConnection, previewReconcile } as const;
