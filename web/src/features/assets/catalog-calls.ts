/** What a catalog is told about one object. */
export type LinkedObject = {
  readonly path: readonly string[];
  readonly kind: string;
  readonly link: string;
};

export const catalogs = ['any', 'openmetadata', 'datahub', 'databricks', 'snowflake'] as const;
export type Catalog = (typeof catalogs)[number];

/** A word of a POSIX shell. */
const word = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const json = (value: unknown): string => JSON.stringify(value, null, 2);

const curl = (method: string, url: string, body: unknown, type = 'application/json'): string =>
  `curl -X ${method} "${url}" \\\n  -H "Authorization: Bearer $TOKEN" -H 'Content-Type: ${type}' \\\n  -d ${word(json(body))}`;

const display = { displayText: 'Request access' };

function openMetadata({ link }: LinkedObject): string[] {
  const property = {
    name: 'stoaRequestAccess',
    description: 'Where to ask for access',
    propertyType: { id: 'ID_OF_hyperlink-cp', type: 'type' },
  };
  const value = { url: link, ...display };
  return [
    '# Once: the ids of the type "table" and of the field type "hyperlink-cp", then a property of that type.',
    'curl -H "Authorization: Bearer $TOKEN" "$CATALOG/api/v1/metadata/types/name/table"',
    'curl -H "Authorization: Bearer $TOKEN" "$CATALOG/api/v1/metadata/types?category=field&limit=100"',
    curl('PUT', '$CATALOG/api/v1/metadata/types/$TABLE_TYPE_ID', property),
    '# For each table. Where it has an extension already, the path is /extension/stoaRequestAccess and the value the link alone.',
    curl(
      'PATCH',
      '$CATALOG/api/v1/tables/$TABLE_ID',
      [{ op: 'add', path: '/extension', value: { stoaRequestAccess: value } }],
      'application/json-patch+json',
    ),
  ];
}

/** Lower-case letters and digits: what any urn takes. */
const urnOf = (path: readonly string[]): string =>
  `urn:li:role:stoa-${path
    .join('-')
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')}`;

function dataHub({ path, link }: LinkedObject): string[] {
  const urn = urnOf(path);
  const properties = {
    name: `Read ${path.join('.')}`,
    description: 'Asked for in Stoa',
    type: 'READ',
    requestUrl: link,
  };
  return [
    '# A role with the link. DataHub shows its own Request button where SHOW_ACCESS_MANAGEMENT is on.',
    curl('POST', '$CATALOG/openapi/v3/entity/role', [{ urn, roleProperties: { value: properties } }]),
    '# The dataset names the role.',
    curl('POST', '$CATALOG/openapi/v3/entity/dataset', [
      { urn: 'URN_OF_THE_DATASET', access: { value: { roles: [{ urn }] } } },
    ]),
  ];
}

const securables: Readonly<Record<string, string>> = { database: 'CATALOG', schema: 'SCHEMA' };

function databricks({ path, kind, link }: LinkedObject): string[] {
  const body = {
    access_request_destinations: {
      securable: { type: securables[kind] ?? 'TABLE', full_name: path.join('.') },
      destinations: [{ destination_type: 'URL', destination_id: link }],
    },
  };
  return [
    '# Inherited from catalog to schema to table. A URL stands alone: what other destinations there were is replaced.',
    curl('PATCH', '$CATALOG/api/3.0/rfa/destinations?update_mask=destinations', body),
  ];
}

const snowflake = ({ link }: LinkedObject): string[] => [
  '-- In the manifest of the organization listing; keep organization_targets as they are.',
  [
    'request_approval_type: REQUEST_AND_APPROVE_OUTSIDE_SNOWFLAKE',
    `approver_contact: ${JSON.stringify(link)}`,
    'support_contact: you@example.com',
  ].join('\n'),
];

/** The calls that put one link into a catalog, ready to be run; none for a catalog that takes any address by hand. */
export function callsFor(catalog: Catalog, object: LinkedObject): string[] {
  switch (catalog) {
    case 'any':
      return [];
    case 'openmetadata':
      return openMetadata(object);
    case 'datahub':
      return dataHub(object);
    case 'databricks':
      return databricks(object);
    case 'snowflake':
      return snowflake(object);
  }
}

/** The link with places for what a catalog knows of its objects. `technology` is the platform whose objects it lists. */
export function templateOf(origin: string, technology: string, host?: string): string {
  const rest = host === undefined ? '' : `&host=${encodeURIComponent(host)}`;
  return `${origin}/request?fullyQualifiedName={database}.{schema}.{table}&technology=${encodeURIComponent(technology)}${rest}`;
}
