import type { GlobalPermission } from '@stoa/contract/enums';

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
export type SampleUsername = (typeof sampleAccounts)[number]['username'];

export type SamplePerson = {
  name: string;
  email: string;
  permissions: GlobalPermission[];
  attributes: Record<string, string[]>;
};

/** Who they are. The governor also audits, so that the audit trail has a reader. */
export const samplePeople: Readonly<Record<SampleUsername, SamplePerson>> = {
  consumer: {
    name: 'Nora Lindqvist',
    email: 'nora.lindqvist@example.com',
    permissions: [],
    attributes: { department: ['Marketing'], country: ['SE'] },
  },
  consumer2: {
    name: 'Mateo Álvarez',
    email: 'mateo.alvarez@example.com',
    permissions: [],
    attributes: { department: ['Finance'], country: ['ES'] },
  },
  steward: {
    name: 'Ingrid Bauer',
    email: 'ingrid.bauer@example.com',
    permissions: [],
    attributes: { department: ['Sales Operations'], country: ['DE'] },
  },
  steward2: {
    name: 'Tomasz Zieliński',
    email: 'tomasz.zielinski@example.com',
    permissions: [],
    attributes: { department: ['People and Culture'], country: ['PL'] },
  },
  manager: {
    name: 'Priya Raman',
    email: 'priya.raman@example.com',
    permissions: [],
    attributes: { department: ['Data Platform'], country: ['IE'] },
  },
  governor: {
    name: 'Samuel Okafor',
    email: 'samuel.okafor@example.com',
    permissions: ['GOVERNANCE', 'AUDIT'],
    attributes: { department: ['Data Governance'], country: ['GB'] },
  },
  useradmin: {
    name: 'Hélène Dupont',
    email: 'helene.dupont@example.com',
    permissions: ['USER_ADMIN'],
    attributes: {},
  },
  appadmin: {
    name: 'Jonas Weber',
    email: 'jonas.weber@example.com',
    permissions: ['APPLICATION_ADMIN'],
    attributes: { department: ['Data Platform'], country: ['DE'] },
  },
};

export const sampleGroups: readonly { name: string; email: string; members: readonly SampleUsername[] }[] = [
  { name: 'Marketing Analytics', email: 'marketing-analytics@example.com', members: ['consumer'] },
  { name: 'Finance', email: 'finance@example.com', members: ['consumer2'] },
  { name: 'People and Culture', email: 'people@example.com', members: ['steward2'] },
  { name: 'Data stewards', email: 'data-stewards@example.com', members: ['steward', 'steward2'] },
];
