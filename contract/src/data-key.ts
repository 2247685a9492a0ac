import { z } from 'zod';
import { operation } from './operation.ts';
import { taskAnswer } from './task.ts';
import { instant, uuid } from './text.ts';

export const dataKeyState = z.enum(['active', 'decryptOnly', 'retired']);

export const dataKey = z.object({
  id: z.string(),
  state: dataKeyState,
  /** How many stored secrets are sealed with it. */
  secrets: z.int().min(0),
  createdAt: instant,
  /** Absent: made for a rotation that not every replica has heard of yet. */
  activatedAt: instant.optional(),
  replacedAt: instant.optional(),
  retiredAt: instant.optional(),
});

export const dataKeys = z.object({
  /** Says which root key wraps them, and nothing about it. */
  rootKeyId: z.string(),
  kinds: z.array(
    z.object({
      kind: z.string(),
      title: z.string(),
      /** Secrets that are still sealed with the root key itself, as before there were data keys. */
      firstForm: z.int().min(0),
      keys: z.array(dataKey),
    }),
  ),
  /** The rotation that runs. */
  rotation: z.object({ taskId: uuid }).optional(),
});
export type DataKeys = z.infer<typeof dataKeys>;

export const listDataKeys = operation({
  id: 'listDataKeys',
  method: 'GET',
  path: '/api/data-key',
  summary: 'The keys that seal stored secrets, by kind of secret.',
  access: { action: 'key.manage' },
  responses: { 200: dataKeys },
});

export const rotateDataKeys = operation({
  id: 'rotateDataKeys',
  method: 'POST',
  path: '/api/data-key/rotate',
  summary: 'Makes a new key for every kind of secret and seals all stored secrets with it.',
  access: { action: 'key.manage' },
  freshLogin: true,
  responses: { 202: taskAnswer },
});
