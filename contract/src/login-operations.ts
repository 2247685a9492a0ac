import { changePassword } from './change-password.ts';
import { confirmLogin } from './confirm-login.ts';
import { listFirstSteps } from './first-step.ts';
import { identityProviderOperations } from './identity-provider.ts';
import { endOtherSessions, endSession, listSessions } from './own-session.ts';
import { providerSignInOperations } from './provider-sign-in.ts';

/** What people do with their own login, who else signs them in, and what the first of them does next. */
export const loginOperations = {
  confirmLogin,
  changePassword,
  listSessions,
  endSession,
  endOtherSessions,
  listFirstSteps,
  ...identityProviderOperations,
  ...providerSignInOperations,
} as const;
