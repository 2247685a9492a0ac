import { z } from 'zod';
import { operation } from './operation.ts';
import { uuid } from './text.ts';

export const endUserSessions = operation({
  id: 'endUserSessions',
  method: 'DELETE',
  path: '/api/user/{globalUserId}/sessions',
  summary: 'Ends all sessions of a person but the one that calls; they can sign in again. Tokens stay.',
  access: { action: 'user.manage' },
  freshLogin: true,
  params: z.object({ globalUserId: uuid }),
  responses: { 204: null },
});
