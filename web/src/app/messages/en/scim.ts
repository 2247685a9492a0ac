/** The texts of SCIM on the page of an identity provider: keys begin with `scim.`. ICU message syntax. */
export const scim = {
  'scim.title': 'Let its directory keep people',
  'scim.lead':
    'Over SCIM 2.0 the directory makes, changes and disables people and groups at once, and not with their next sign-in.',
  'scim.off': 'SCIM is off.',
  'scim.switchOn': 'Switch SCIM on',
  'scim.switchedOn': 'SCIM is on. Copy the token now.',
  'scim.switchOff': 'Switch SCIM off',
  'scim.switchOffTitle': 'Switch SCIM off for {name}?',
  'scim.switchOffText':
    'Its token ends. Whom and what it keeps stays as it is; groups and attributes follow the claims of each person’s next sign-in.',
  'scim.switchedOff': 'SCIM is off.',
  'scim.baseUrl': 'Base URL',
  'scim.tokenMade': 'Token made',
  'scim.tokenUsed': 'Token last used',
  'scim.never': 'never',
  'scim.keeps': 'Keeps',
  'scim.keepsCount':
    '{people, plural, =0 {nobody} one {# person} other {# people}}, {groups, plural, =0 {no groups} one {# group} other {# groups}}',
  'scim.lastRefusal': 'Last refusal',
  'scim.none': 'none',
  'scim.tokenText': 'Copy it into the directory now. It is not shown again; Stoa keeps only a hash of it.',
  'scim.tokenCopied': 'I have copied it',
  'scim.renew': 'Make a new token',
  'scim.renewTitle': 'Make a new token for {name}?',
  'scim.renewText': 'The token that the directory has now ends at once. Until it has the new one, nothing arrives.',
  'scim.renewed': 'A new token is made. Copy it now.',
  'scim.idClaim': 'Claim that holds the externalId',
  'scim.idClaimHint':
    'By it a first sign-in finds the person whom the directory has made: sub with Okta and most others, oid with Microsoft Entra ID. Never a name or an e-mail.',
  'scim.idClaimBad': 'Name a claim that holds an id.',
  'scim.takesOverGroups': 'Take over groups of the same name',
  'scim.takesOverGroupsHint':
    'A group made by hand becomes the directory’s when it pushes one of that name. Without this it is refused.',
  'scim.store': 'Store',
  'scim.stored': 'Stored.',
} as const satisfies Record<string, string>;
