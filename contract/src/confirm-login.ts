import { z } from 'zod';
import { operation } from './operation.ts';
import { text } from './text.ts';

export const confirmLogin = operation({
  id: 'confirmLogin',
  method: 'POST',
  path: '/api/auth/session/confirmation',
  summary:
    'Confirms the login of this session with the password; the answer sets a new cookie, and the former one ends.',
  access: { action: 'account.self' },
  body: z.object({ password: text(1_024) }),
  responses: { 204: null },
});
