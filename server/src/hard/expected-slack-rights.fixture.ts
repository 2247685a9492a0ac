/** Of Slack: whoever looks after the application sets it up; Slack itself signs what it sends, and has no login. */
export const slackRights = <Rule, Row>({
  on,
  app,
  pub,
}: {
  on: (target: 'none', who: Rule) => Row;
  app: Rule;
  pub: Rule;
}) => ({
  getSlackConfiguration: on('none', app),
  deleteSlackConfiguration: on('none', app),
  testSlackConnection: on('none', app),
  getSlackApp: on('none', app),
  setSlackApp: on('none', app),
  startSlackInstall: on('none', app),
  completeSlackInstall: on('none', pub),
  receiveSlackInteraction: on('none', pub),
});
