import { changePassword } from './change-password.ts';
import { confirmLogin } from './confirm-login.ts';
import { listFirstSteps } from './first-step.ts';
import { identityProviderOperations } from './identity-provider.ts';
import { endOtherSessions, endSession, listSessions } from './own-session.ts';
import { providerSignInOperations } from './provider-sign-in.ts';
import { scimAccessOperations } from './scim-access.ts';
import { scimOperations } from './scim.ts';
import { secondFactorOperations } from './second-factor.ts';

/** What people do with their own login, who else signs them in or says who they are, and what the first of them does next. */
export const loginOperations = {
  confirmLogin,
  changePassword,
  listSessions,
  endSession,
  endOtherSessions,
  listFirstSteps,
  ...secondFactorOperations,
  ...identityProviderOperations,
  ...providerSignInOperations,
  ...scimAccessOperations,
  ...scimOperations,
} as const;
