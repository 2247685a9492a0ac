/** Of the login itself: whoever has one, and of sessions and tokens their owner alone. */
export const loginRights = <Rule, Row>({
  on,
  any,
  self,
}: {
  on: (kind: 'none' | 'token' | 'session', who: Rule) => Row;
  any: Rule;
  self: Rule;
}) => ({
  signOut: on('none', any),
  confirmLogin: on('none', any),
  changePassword: on('none', any),
  listSessions: on('none', any),
  endSession: on('session', self),
  endOtherSessions: on('none', any),
  user: on('none', any),
  getToken: on('token', self),
  deleteToken: on('token', self),
  listTokens: on('none', any),
  createToken: on('none', any),
});
