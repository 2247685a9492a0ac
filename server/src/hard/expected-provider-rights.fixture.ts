/** Of identity providers: whoever looks after the application registers them; a user admin says whom they mean, never of themself. To directories no login of a person is one. */
export const providerRights = <Rule, Row>({
  on,
  app,
  pub,
  never,
  any,
  useradminOfOthers,
}: {
  on: (kind: 'none' | 'identityProvider' | 'signInLink', who: Rule) => Row;
  app: Rule;
  pub: Rule;
  never: Rule;
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
  readScimAccess: on('identityProvider', app),
  setScimAccess: on('identityProvider', app),
  renewScimToken: on('identityProvider', app),
  endScimAccess: on('identityProvider', app),
  readScimProvider: on('none', never),
  listScimResourceTypes: on('none', never),
  readScimResourceType: on('none', never),
  listScimSchemas: on('none', never),
  readScimSchema: on('none', never),
  searchScimUsers: on('none', never),
  createScimUser: on('none', never),
  readScimUser: on('none', never),
  replaceScimUser: on('none', never),
  patchScimUser: on('none', never),
  deleteScimUser: on('none', never),
  searchScimGroups: on('none', never),
  createScimGroup: on('none', never),
  readScimGroup: on('none', never),
  replaceScimGroup: on('none', never),
  patchScimGroup: on('none', never),
  deleteScimGroup: on('none', never),
  listSignInProviders: on('none', pub),
  startProviderSignIn: on('none', pub),
  completeProviderSignIn: on('none', pub),
  receiveBackchannelLogout: on('none', pub),
  startProviderConfirmation: on('none', any),
  signOutAtProvider: on('none', any),
  linkSignIn: on('signInLink', useradminOfOthers),
  unlinkSignIn: on('signInLink', useradminOfOthers),
});
