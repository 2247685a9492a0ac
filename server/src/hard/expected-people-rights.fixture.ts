type Who<Rule, Row> = {
  readonly on: (target: 'none' | 'user' | 'group' | 'peopleChange', who: Rule) => Row;
  readonly useradmin: Rule;
  readonly useradminOfOthers: Rule;
  readonly decides: Rule;
  readonly withdraws: Rule;
};

/** Of people and groups, and of changes of them that wait for another user admin. */
export const peopleRights = <Rule, Row>({ on, useradmin, useradminOfOthers, decides, withdraws }: Who<Rule, Row>) => ({
  createUser: on('none', useradmin),
  listUsers: on('none', useradmin),
  readUser: on('user', useradmin),
  updateUser: on('user', useradmin),
  createGroup: on('none', useradmin),
  listGroups: on('none', useradmin),
  readGroup: on('group', useradmin),
  updateGroup: on('group', useradmin),
  deleteGroup: on('group', useradminOfOthers),
  setGroupMembers: on('group', useradminOfOthers),
  importPeople: on('none', useradmin),
  readGroupPermissions: on('group', useradmin),
  listAttributes: on('none', useradmin),
  listPeopleChanges: on('none', useradmin),
  readPeopleChange: on('peopleChange', useradmin),
  confirmPeopleChange: on('peopleChange', decides),
  declinePeopleChange: on('peopleChange', decides),
  withdrawPeopleChange: on('peopleChange', withdraws),
});
