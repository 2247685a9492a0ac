/** Of the login itself: whoever has one, and of sessions and tokens their owner alone; a user admin ends those of others. */
export const loginRights = <Rule, Row>({
  on,
  any,
  self,
  useradmin,
  useradminOfOthers,
}: {
  on: (kind: 'none' | 'token' | 'session' | 'user' | 'userToken', who: Rule) => Row;
  any: Rule;
  self: Rule;
  useradmin: Rule;
  useradminOfOthers: Rule;
}) => ({
  signOut: on('none', any),
  confirmLogin: on('none', any),
  changePassword: on('none', any),
  listSessions: on('none', any),
  endSession: on('session', self),
  endOtherSessions: on('none', any),
  listFirstSteps: on('none', any),
  getSecondFactor: on('none', any),
  beginSecondFactor: on('none', any),
  activateSecondFactor: on('none', any),
  renewRecoveryCodes: on('none', any),
  removeSecondFactor: on('none', any),
  resetSecondFactor: on('user', useradminOfOthers),
  user: on('none', any),
  getToken: on('token', self),
  deleteToken: on('token', self),
  listTokens: on('none', any),
  createToken: on('none', any),
  endUserSessions: on('user', useradmin),
  explainPermissions: on('user', useradmin),
  listUserTokens: on('user', useradminOfOthers),
  deleteUserToken: on('userToken', useradminOfOthers),
});
