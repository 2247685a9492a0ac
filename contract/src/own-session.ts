import { z } from 'zod';
import { operation } from './operation.ts';
import { instant, uuid } from './text.ts';

/** A session of the web app, without what proves it. */
export const ownSession = z
  .object({
    id: uuid,
    createdAt: instant,
    /** To the minute: so often it is written down. */
    lastSeenAt: instant,
    /** When it ends in any case; without a call it ends half an hour after the last one. */
    expiresAt: instant,
    /** Where its login came from, as far as proxies tell. */
    ip: z.string().nullable(),
    /** What the browser said it is, at its login. */
    userAgent: z.string().nullable(),
    /** Whether it is the one that calls. */
    isCurrent: z.boolean(),
  })
  .meta({ id: 'OwnSession' });
export type OwnSession = z.infer<typeof ownSession>;

export const listSessions = operation({
  id: 'listSessions',
  method: 'GET',
  path: '/api/auth/sessions',
  summary: "The caller's own sessions that have not ended, the last used first.",
  access: { action: 'account.self' },
  responses: { 200: z.object({ data: z.array(ownSession) }) },
});

export const endSession = operation({
  id: 'endSession',
  method: 'DELETE',
  path: '/api/auth/sessions/{id}',
  summary: "Ends one of the caller's own sessions, from the next call on.",
  access: { action: 'account.self' },
  freshLogin: true,
  params: z.object({ id: uuid }),
  responses: { 204: null },
});

export const endOtherSessions = operation({
  id: 'endOtherSessions',
  method: 'DELETE',
  path: '/api/auth/sessions',
  summary: "Ends all of the caller's own sessions but the one that calls.",
  access: { action: 'account.self' },
  freshLogin: true,
  responses: { 204: null },
});
