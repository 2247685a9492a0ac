/** Fields that take any text by their form and are not written, each with its reason. A rule that fits none is refused. */
export const fieldsLeftOut: readonly { readonly fields: RegExp; readonly because: string }[] = [
  {
    fields:
      /^(preview|preflight|test|simulate|exportSimulation|createConnectionScript|verifyIdentities|searchAppliedTags|signIn)\w* /,
    because: 'It stores nothing.',
  },
  { fields: /^reportPolicyViolation /, because: 'It is counted by the kind of rule, and stored nowhere.' },
  { fields: /^setUp /, because: 'It makes the first account, once; a name is the same as in createUser.' },
  {
    fields:
      /(\.|\b)(password|currentPassword|newPassword|clientSecret|refreshToken|signingKey|signingSecret|secretAccessKey)$/i,
    because: 'A secret: it is shown nowhere.',
  },
  {
    fields: /^(confirmLogin|activateSecondFactor|removeSecondFactor) \.code$/,
    because: 'It is held against a second factor, and stored nowhere.',
  },
  { fields: /\.(basedOn|planHash|digest)$/, because: 'It must repeat what the server said before.' },
  {
    fields: /\.(formVersion|fieldId|principalId|notificationType|provider|timeZone|columnName|unit)$/,
    because: 'It must name something that is known.',
  },
  {
    fields: /^(fileTakeBack|declineTakeBack|ignoreDrift) \./,
    because: 'It is about grants that others gave on a platform, of which this one has none.',
  },
  { fields: /^saveView \./, because: 'Shown to its writer alone, once they open the dialog of their views.' },
  {
    fields: /^declinePeopleChange \.reason$/,
    because: 'It takes a second user admin, of which this one has none.',
  },
  { fields: /^determineAccessRequests \.reason$/, because: 'Written, one at a time, by determineAccessRequest.' },
  { fields: /^receiveBackchannelLogout /, because: 'Signed by a provider: it is judged, and stored nowhere.' },
  {
    fields: /^(create|replace|patch)Scim(User|Group) /,
    because: 'Written by a directory: names, addresses and attributes as people write them, shown in the same places.',
  },
  { fields: /Connection \.(config|credentials)\./, because: 'It must reach a real platform, or nothing is stored.' },
  { fields: /^createConnection \.settings\./, because: 'Written by updateConnection, and shown in the same places.' },
  { fields: /^createDataProduct \[\]/, because: 'Several products at once, each made as one by itself.' },
  { fields: /^syncConnection \?/, because: 'It must name something that is known.' },
  { fields: /Asset \.metadata\.(objectPath|legacyType)/, because: 'It must repeat what a crawl found.' },
  { fields: /Asset \.name$/, because: 'A product’s name takes letters and digits alone.' },
  { fields: /\.ca$/, because: 'It must be a certificate.' },
  { fields: /\.targets\.(columns|filter)/, because: 'It searches for what carries a tag.' },
  { fields: /\.stages\[\]\.(all|any)\[\]\.(id|domainId)$/, because: 'The id of a person or a domain.' },
  {
    fields: /^receiveSlackInteraction /,
    because: 'Signed by Slack: what it holds is checked and stored as answers and reasons are.',
  },
];
