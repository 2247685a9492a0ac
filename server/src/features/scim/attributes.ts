import { scimUrns } from '@stoa/contract/scim-path';
import { email, line, username } from '@stoa/contract/text';
import { attributeName } from '@stoa/contract/user';
import { z } from 'zod';

/** What is kept of an attribute: one line of text, a yes or no, texts under names of their own, or several addresses. */
type Kind = 'text' | 'boolean' | 'parts' | 'emails';
export type Definition = {
  readonly name: string;
  readonly kind: Kind | 'passed over' | 'read only';
  readonly parts?: ReadonlyMap<string, string>;
  /** The form of its text where it is not any line. */
  readonly form?: z.ZodType<string>;
  /** Whether an attribute of Stoa is made of it. */
  readonly about: string;
};

const byName = (definitions: readonly Definition[]): ReadonlyMap<string, Definition> =>
  new Map(definitions.map((one) => [one.name.toLowerCase(), one]));
const parts = (names: string): ReadonlyMap<string, string> =>
  new Map(names.split(' ').map((one) => [one.toLowerCase(), one]));
const texts = (names: string): Definition[] => names.split(' ').map((name) => ({ name, kind: 'text', about: '' }));
const of = (kind: 'passed over' | 'read only', names: string): Definition[] =>
  names.split(' ').map((name) => ({ name, kind, about: '' }));

/** Of the core schema. What is passed over may be sent, and is neither kept nor answered. */
export const userAttributes = byName([
  {
    name: 'userName',
    kind: 'text',
    form: z
      .string()
      .overwrite((one) => one.normalize('NFKC').trim())
      .pipe(username),
    about: 'The user name in Stoa.',
  },
  { name: 'externalId', kind: 'text', about: 'The id in the directory, which never changes.' },
  { name: 'active', kind: 'boolean', about: 'Whether the account is enabled.' },
  {
    name: 'name',
    kind: 'parts',
    parts: parts('formatted familyName givenName middleName honorificPrefix honorificSuffix'),
    about: 'The name, where displayName is missing.',
  },
  { name: 'displayName', kind: 'text', about: 'The name as people read it.' },
  {
    name: 'emails',
    kind: 'emails',
    about: 'Addresses; the primary one is used, else that of type work, else the first.',
  },
  ...texts('nickName title userType preferredLanguage locale timezone'),
  ...of('passed over', 'password profileUrl phoneNumbers ims photos addresses entitlements roles x509Certificates'),
  ...of('read only', 'id meta groups schemas'),
]);

/** Of the enterprise extension: each becomes an attribute of the same name. */
export const enterpriseAttributes = byName([
  ...texts('employeeNumber costCenter organization division department'),
  { name: 'manager', kind: 'text', about: 'The id of the manager.' },
]);

export const emailParts = parts('value type primary display');
export const emailForm = email;
export const textForm = line(1_000);
export const valueForm = line(255).regex(/\S/u, 'is empty');
/** Of the extension for policies: any name that an attribute of Stoa may have, and that JSON brings back as it was. */
export const nameForm = attributeName.refine((name) => name !== '__proto__', 'is reserved');

/** The extensions by their id in small letters. */
export const extensions: ReadonlyMap<string, 'enterprise' | 'attributes'> = new Map([
  [scimUrns.enterprise.toLowerCase(), 'enterprise'],
  [scimUrns.attributes.toLowerCase(), 'attributes'],
]);

export type Email = { value?: string; type?: string; display?: string; primary?: boolean };
/** What a directory says of somebody, as far as it is kept. Maps: what it calls an attribute never reaches a prototype. */
export type UserResource = {
  userName?: string;
  externalId?: string;
  active?: boolean;
  /** Attributes of one line of text, by name. */
  readonly texts: Map<string, string>;
  readonly name: Map<string, string>;
  emails: Email[];
  readonly enterprise: Map<string, string>;
  readonly attributes: Map<string, readonly string[]>;
};

export const emptyResource = (): UserResource => ({
  texts: new Map(),
  name: new Map(),
  emails: [],
  enterprise: new Map(),
  attributes: new Map(),
});
