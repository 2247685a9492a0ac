import { z } from 'zod';
import { operation } from './operation.ts';
import { instant, line, uuid } from './text.ts';

/** What somebody types: the six digits of an authenticator app, or a recovery code; spaces and dashes do not count. */
export const secondFactorCode = line(64);

/** The second factor of the caller's account, without its secret. */
export const ownSecondFactor = z
  .object({
    isOn: z.boolean(),
    since: instant.optional(),
    /** How many recovery codes have not been used. */
    recoveryCodesLeft: z.int().optional(),
  })
  .meta({ id: 'OwnSecondFactor' });
export type OwnSecondFactor = z.infer<typeof ownSecondFactor>;

const recoveryCodes = z.object({ recoveryCodes: z.array(z.string()) });

export const getSecondFactor = operation({
  id: 'getSecondFactor',
  method: 'GET',
  path: '/api/auth/second-factor',
  summary: "Whether the caller's account has a second factor.",
  access: { action: 'account.self' },
  withoutSecondFactor: true,
  responses: { 200: ownSecondFactor },
});

export const beginSecondFactor = operation({
  id: 'beginSecondFactor',
  method: 'POST',
  path: '/api/auth/second-factor',
  summary:
    'Makes the secret of a second factor, shown in this answer alone. Nothing asks for it before it is activated.',
  access: { action: 'account.self' },
  freshLogin: true,
  withoutSecondFactor: true,
  responses: {
    200: z.object({
      /** In base 32, for apps it is typed into. */
      secret: z.string(),
      /** The same for apps that read it as a QR code. */
      uri: z.string(),
    }),
  },
});

export const activateSecondFactor = operation({
  id: 'activateSecondFactor',
  method: 'POST',
  path: '/api/auth/second-factor/activation',
  summary:
    'Turns the second factor on with a code of it, and answers the recovery codes, this once. All other sessions of the caller end.',
  access: { action: 'account.self' },
  freshLogin: true,
  withoutSecondFactor: true,
  body: z.object({ code: secondFactorCode }),
  responses: { 200: recoveryCodes },
});

export const renewRecoveryCodes = operation({
  id: 'renewRecoveryCodes',
  method: 'POST',
  path: '/api/auth/second-factor/recovery-codes',
  summary: 'Makes new recovery codes, shown in this answer alone; the former ones open nothing any more.',
  access: { action: 'account.self' },
  freshLogin: true,
  responses: { 200: recoveryCodes },
});

export const removeSecondFactor = operation({
  id: 'removeSecondFactor',
  method: 'POST',
  path: '/api/auth/second-factor/removal',
  summary: "Removes the caller's second factor with a code of it. All other sessions of theirs end.",
  access: { action: 'account.self' },
  freshLogin: true,
  body: z.object({ code: secondFactorCode }),
  responses: { 204: null },
});

export const resetSecondFactor = operation({
  id: 'resetSecondFactor',
  method: 'DELETE',
  path: '/api/user/{globalUserId}/second-factor',
  summary:
    'Removes the second factor of somebody else, such as of a lost device. All sessions of theirs end; tokens stay.',
  access: { action: 'user.manage' },
  freshLogin: true,
  params: z.object({ globalUserId: uuid }),
  responses: { 204: null },
});

/** The second factor of local accounts. */
export const secondFactorOperations = {
  getSecondFactor,
  beginSecondFactor,
  activateSecondFactor,
  renewRecoveryCodes,
  removeSecondFactor,
  resetSecondFactor,
} as const;
