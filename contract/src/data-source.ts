import { z } from 'zod';
import { columnMask } from './data-product.ts';
import { sourceAccess, technology } from './enums.ts';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryList } from './page.ts';
import { abilities } from './person.ts';
import { connectionKeyPath, instant, numericIdText, searchText, text, uuid } from './text.ts';

export const dataSourceColumn = z.object({
  name: z.string(),
  ordinal: z.int(),
  nativeType: z.string(),
  typeFamily: z.enum([
    'text',
    'integer',
    'decimal',
    'float',
    'boolean',
    'date',
    'timestamp',
    'time',
    'uuid',
    'binary',
    'json',
    'other',
  ]),
  nullable: z.boolean(),
  comment: z.string().nullable(),
  tags: z.array(z.string()),
  /** Null where everybody sees it in clear. */
  mask: columnMask.nullable().optional(),
});
export type DataSourceColumn = z.infer<typeof dataSourceColumn>;

const linked = z.object({ id: uuid, name: z.string() });

/** One enabled leaf: a table or view that can be published and granted. */
export const dataSource = z.object({
  id: z.int(),
  name: z.string(),
  dataObjectId: uuid,
  connectionKey: connectionKeyPath,
  technology,
  objectPath: z.array(z.string()),
  objectType: z.string(),
  comment: z.string().nullable(),
  columnCount: z.int(),
  domains: z.array(linked),
  /** By name; the first twenty in a list, the first thousand of one source. */
  products: z.array(linked.extend({ slug: z.string() })),
  productCount: z.int(),
  tags: z.array(z.string()),
  /** The highest of its tags and of those of its columns. */
  sensitivity: z.enum(['low', 'moderate', 'high']).nullable(),
  disabled: z.boolean(),
  missingSince: instant.nullable(),
  health: z
    .object({ lastSyncAt: instant.optional(), lastProofAt: instant.optional(), openFindings: z.int() })
    .optional(),
  /** Where consumers read it: of a source that data policies act on, the view; null while nobody can. */
  exposedPath: z.array(z.string()).nullable().optional(),
  /** Absent while it is not on the platform. */
  policyState: z.enum(['COMPLIANT', 'PENDING', 'CONFLICT', 'NOT_ENFORCEABLE']).optional(),
  /** The caller's own access. */
  status: sourceAccess.optional(),
  createdAt: instant,
  updatedAt: instant,
  abilities: abilities.optional(),
});
export type DataSource = z.infer<typeof dataSource>;

export const dataSourceDetail = dataSource
  .extend({ columns: z.array(dataSourceColumn) })
  .meta({ id: 'DataSourceDetail' });
export type DataSourceDetail = z.infer<typeof dataSourceDetail>;

export const listDataSources = operation({
  id: 'listDataSources',
  method: 'GET',
  path: '/api/data-source',
  summary: 'Registered tables and views.',
  access: { action: 'data-source.read' },
  query: z.object({
    ...offsetQuery,
    connectionKey: connectionKeyPath.optional(),
    domainId: uuid.optional(),
    searchText: searchText.optional(),
    tag: queryList(text(255)).optional(),
  }),
  responses: { 200: offsetPage(dataSource) },
});

export const readDataSource = operation({
  id: 'readDataSource',
  method: 'GET',
  path: '/api/data-source/{id}',
  summary: 'One table or view with its columns, comments, domains and products.',
  access: { action: 'data-source.read' },
  params: z.object({ id: numericIdText }),
  responses: { 200: dataSourceDetail },
});
