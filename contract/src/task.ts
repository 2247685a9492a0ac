import { z } from 'zod';
import { operation } from './operation.ts';
import { instant, uuid } from './text.ts';

/** Work that goes on after the answer. */
export const taskAnswer = z.object({ taskId: uuid });
export type TaskAnswer = z.infer<typeof taskAnswer>;

export const task = z
  .object({
    taskId: uuid,
    kind: z.enum([
      'crawl',
      'reconcile',
      'drift-sweep',
      'object-state',
      'connection-delete',
      'provisioning-retry',
      'identification',
      'identity-verification',
      'key-rotation',
      'audit-verification',
      'verification',
    ]),
    status: z.enum(['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED']),
    /** What it works on: a connection key, a request id or an object id. */
    target: z.string(),
    done: z.int().min(0),
    total: z.int().min(0).nullable(),
    message: z.string().optional(),
    error: z.string().optional(),
    createdAt: instant,
    startedAt: instant.optional(),
    finishedAt: instant.optional(),
  })
  .meta({ id: 'Task' });
export type Task = z.infer<typeof task>;

export const getTask = operation({
  id: 'getTask',
  method: 'GET',
  path: '/api/task/{taskId}',
  summary: 'How far a piece of work has come.',
  access: { action: 'account.self' },
  params: z.object({ taskId: uuid }),
  responses: { 200: task },
});
