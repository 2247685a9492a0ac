type Who<Rule, Row> = {
  readonly on: (target: 'connection' | 'drift' | 'takeBack', who: Rule) => Row;
  readonly readsPlatforms: Rule;
  readonly ignoresDrift: Rule;
  readonly gov: Rule;
  readonly confirmsTakeBack: Rule;
};

/** Of what others gave on a platform: how it is found, left, and taken back. */
export const driftRights = <Rule, Row>({
  on,
  readsPlatforms,
  ignoresDrift,
  gov,
  confirmsTakeBack,
}: Who<Rule, Row>) => ({
  listDrift: on('connection', readsPlatforms),
  ignoreDrift: on('drift', ignoresDrift),
  unignoreDrift: on('drift', ignoresDrift),
  previewTakeBack: on('connection', gov),
  fileTakeBack: on('connection', gov),
  listTakeBacks: on('connection', readsPlatforms),
  readTakeBack: on('takeBack', readsPlatforms),
  confirmTakeBack: on('takeBack', confirmsTakeBack),
  declineTakeBack: on('takeBack', gov),
  recheckTakeBack: on('takeBack', gov),
});
