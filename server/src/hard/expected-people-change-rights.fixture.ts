type Who<Rule, Row> = {
  readonly on: (target: 'none' | 'peopleChange', who: Rule) => Row;
  readonly useradmin: Rule;
  readonly decides: Rule;
  readonly withdraws: Rule;
};

/** Of changes of people that wait for another user admin. */
export const peopleChangeRights = <Rule, Row>({ on, useradmin, decides, withdraws }: Who<Rule, Row>) => ({
  listPeopleChanges: on('none', useradmin),
  readPeopleChange: on('peopleChange', useradmin),
  confirmPeopleChange: on('peopleChange', decides),
  declinePeopleChange: on('peopleChange', decides),
  withdrawPeopleChange: on('peopleChange', withdraws),
});
