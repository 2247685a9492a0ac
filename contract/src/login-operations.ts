import { changePassword } from './change-password.ts';
import { confirmLogin } from './confirm-login.ts';
import { endOtherSessions, endSession, listSessions } from './own-session.ts';

/** What people do with their own login, once they are signed in. */
export const loginOperations = { confirmLogin, changePassword, listSessions, endSession, endOtherSessions } as const;
