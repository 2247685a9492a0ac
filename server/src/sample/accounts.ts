/** The people of the sample, named by their role. Everybody has the same password, which the README shows. */
export const samplePassword = 'stoa-sample';
export const sampleAccounts = [
  { username: 'consumer', password: samplePassword },
  { username: 'consumer2', password: samplePassword },
  { username: 'steward', password: samplePassword },
  { username: 'steward2', password: samplePassword },
  { username: 'manager', password: samplePassword },
  { username: 'governor', password: samplePassword },
  { username: 'useradmin', password: samplePassword },
  { username: 'appadmin', password: samplePassword },
] as const;
