import { z } from 'zod';
import { newPassword } from './auth.ts';
import { operation } from './operation.ts';
import { text } from './text.ts';

export const changePassword = operation({
  id: 'changePassword',
  method: 'POST',
  path: '/api/auth/password',
  summary:
    "Changes the caller's own password. All other sessions of theirs end; the answer sets a new cookie for this one. Tokens stay.",
  access: { action: 'account.self' },
  body: z.object({ currentPassword: text(1_024), newPassword }),
  responses: { 204: null },
});
