import { z } from 'zod';
import { operation } from './operation.ts';
import { secondFactorCode } from './second-factor.ts';
import { text } from './text.ts';

export const confirmLogin = operation({
  id: 'confirmLogin',
  method: 'POST',
  path: '/api/auth/session/confirmation',
  summary:
    'Confirms the login of this session with the password, and a code where the account has a second factor; the answer sets a new cookie, and the former one ends.',
  access: { action: 'account.self' },
  withoutSecondFactor: true,
  body: z.object({ password: text(1_024), code: secondFactorCode.optional() }),
  responses: { 204: null },
});
