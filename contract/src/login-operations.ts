import { changePassword } from './change-password.ts';
import { confirmLogin } from './confirm-login.ts';
import { identityProviderOperations } from './identity-provider.ts';
import { endOtherSessions, endSession, listSessions } from './own-session.ts';
import { providerSignInOperations } from './provider-sign-in.ts';

/** What people do with their own login, and who else signs them in. */
export const loginOperations = {
  confirmLogin,
  changePassword,
  listSessions,
  endSession,
  endOtherSessions,
  ...identityProviderOperations,
  ...providerSignInOperations,
} as const;
