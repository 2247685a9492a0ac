import { scimRoot, scimUrns } from '@stoa/contract/scim-path';
import { type Definition, emailParts, enterpriseAttributes, userAttributes } from './attributes.ts';

type Json = Readonly<Record<string, unknown>>;

/** RFC 7643, 5: what is supported. What is not is said as well. */
export const serviceProvider = (url: string): Json => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: 200 },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: false },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Bearer token',
      description: 'The token that the page of the identity provider shows once.',
      primary: true,
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: `${url}${scimRoot}/ServiceProviderConfig` },
});

export const resourceTypes = (url: string): Json[] =>
  [
    {
      id: 'User',
      endpoint: '/Users',
      description: 'People',
      schema: scimUrns.user,
      schemaExtensions: [scimUrns.enterprise, scimUrns.attributes].map((schema) => ({ schema, required: false })),
    },
    { id: 'Group', endpoint: '/Groups', description: 'Groups', schema: scimUrns.group, schemaExtensions: [] },
  ].map((one) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    name: one.id,
    ...one,
    meta: { resourceType: 'ResourceType', location: `${url}${scimRoot}/ResourceTypes/${one.id}` },
  }));

const attribute = (name: string, description: string, more: Json = {}): Json => ({
  name,
  type: 'string',
  multiValued: false,
  description,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  ...more,
});

function attributeOf({ name, kind, about, parts }: Definition): Json[] {
  if (kind === 'passed over' || kind === 'read only') return [];
  if (kind === 'boolean') return [attribute(name, about, { type: 'boolean' })];
  if (kind === 'parts')
    return [
      attribute(name, about, {
        type: 'complex',
        subAttributes: [...(parts?.values() ?? [])].map((one) => attribute(one, '')),
      }),
    ];
  if (kind === 'emails') {
    const subAttributes = [...emailParts.values()].map((one) =>
      attribute(one, '', one === 'primary' ? { type: 'boolean' } : {}),
    );
    return [attribute(name, about, { type: 'complex', multiValued: true, subAttributes })];
  }
  if (name === 'manager')
    return [
      attribute(name, about, { type: 'complex', subAttributes: [attribute('value', about, { caseExact: true })] }),
    ];
  if (name === 'userName') return [attribute(name, about, { required: true, uniqueness: 'server' })];
  if (name === 'externalId') return [attribute(name, about, { caseExact: true, uniqueness: 'server' })];
  return [attribute(name, about)];
}

export const schemas = (url: string): Json[] =>
  [
    {
      id: scimUrns.user,
      name: 'User',
      description: 'People',
      attributes: [...userAttributes.values()].flatMap(attributeOf),
    },
    {
      id: scimUrns.enterprise,
      name: 'EnterpriseUser',
      description: 'Each becomes an attribute of the person under the same name.',
      attributes: [...enterpriseAttributes.values()].flatMap(attributeOf),
    },
    {
      id: scimUrns.attributes,
      name: 'StoaUser',
      description:
        'Attributes that policies ask for, under any name: a text, or several. Names that start with "Stoa " are reserved.',
      attributes: [],
    },
    {
      id: scimUrns.group,
      name: 'Group',
      description: 'Groups',
      attributes: [
        attribute('displayName', 'The name of the group.', { required: true, uniqueness: 'server' }),
        attribute('externalId', 'The id in the directory.', { caseExact: true, uniqueness: 'server' }),
        attribute('members', 'Who is in it: people alone.', {
          type: 'complex',
          multiValued: true,
          subAttributes: ['value', 'display', '$ref', 'type'].map((one) => attribute(one, '')),
        }),
      ],
    },
  ].map((one) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    ...one,
    meta: { resourceType: 'Schema', location: `${url}${scimRoot}/Schemas/${one.id}` },
  }));

/** A list of all of them: nobody looks through these page by page. */
export const whole = (resources: readonly Json[]): Json => ({
  schemas: [scimUrns.list],
  totalResults: resources.length,
  startIndex: 1,
  itemsPerPage: resources.length,
  Resources: resources,
});
