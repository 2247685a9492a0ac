/** Of identity providers: whoever looks after the application registers them; a user admin says whom they mean, never of themself. */
export const providerRights = <Rule, Row>({
  on,
  app,
  pub,
  any,
  useradminOfOthers,
}: {
  on: (kind: 'none' | 'identityProvider' | 'signInLink', who: Rule) => Row;
  app: Rule;
  pub: Rule;
  any: Rule;
  useradminOfOthers: Rule;
}) => ({
  listIdentityProviders: on('none', app),
  createIdentityProvider: on('none', app),
  readIdentityProvider: on('identityProvider', app),
  updateIdentityProvider: on('identityProvider', app),
  deleteIdentityProvider: on('identityProvider', app),
  testIdentityProvider: on('identityProvider', app),
  listIdentityProviderEvents: on('identityProvider', app),
  listSignInProviders: on('none', pub),
  startProviderSignIn: on('none', pub),
  completeProviderSignIn: on('none', pub),
  receiveBackchannelLogout: on('none', pub),
  startProviderConfirmation: on('none', any),
  signOutAtProvider: on('none', any),
  linkSignIn: on('signInLink', useradminOfOthers),
  unlinkSignIn: on('signInLink', useradminOfOthers),
});
