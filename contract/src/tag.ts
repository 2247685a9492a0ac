import { z } from 'zod';
import { lossQuery } from './confirm-loss.ts';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryBoolean, queryIds, queryInteger, queryList } from './page.ts';
import { abilities, author } from './person.ts';
import {
  connectionKeyPath,
  description,
  instant,
  name,
  numericId,
  numericIdText,
  searchText,
  text,
  uuid,
} from './text.ts';

/** Who made a tag, or put it on something. */
export const tagSource = z.enum(['curated', 'identification', 'platform', 'system']);
export type TagSource = z.infer<typeof tagSource>;

export const sensitivity = z.enum(['low', 'moderate', 'high']);
export type Sensitivity = z.infer<typeof sensitivity>;

const tagRef = z.object({ id: z.int(), name: z.string() });

/** A tag that is stored. Those that say where a source lies and what it is published in are derived, and not among these. */
export const tag = z.object({
  id: z.int(),
  /** The dot path; a dot inside a segment is written `\.`. */
  name: z.string(),
  /** The last segment, without escapes. */
  displayName: z.string(),
  parentId: z.int().nullable(),
  source: tagSource,
  description: z.string(),
  sensitivity: sensitivity.nullable(),
  /** Tags right below it. */
  childCount: z.int(),
  /** Tables, views and the nodes above them that carry it or a tag below it. */
  objectCount: z.int(),
  /** Columns that carry it or a tag below it. */
  columnCount: z.int(),
  createdAt: instant,
  updatedAt: instant,
  abilities: abilities.optional(),
});
export type Tag = z.infer<typeof tag>;

export const tagDetail = tag
  .extend({
    createdBy: author.nullable(),
    /** The tags above it, from the root down. */
    parents: z.array(tagRef),
    /** What names it or a tag below it: it cannot be deleted while they do. */
    uses: z.object({
      domains: z.array(z.object({ id: uuid, name: z.string() })),
      /** Left out for callers who may not read policies. */
      policies: z.array(z.object({ id: uuid, policyKey: z.string(), name: z.string() })).optional(),
    }),
  })
  .meta({ id: 'TagDetail' });
export type TagDetail = z.infer<typeof tagDetail>;

export const createTagBody = z.object({
  /** A dot path. Tags above it that do not exist yet are made along. */
  name,
  description: description.default(''),
  sensitivity: sensitivity.nullable().default(null),
});
export type CreateTagBody = z.infer<typeof createTagBody>;
export const updateTagBody = z.object({
  description: description.optional(),
  sensitivity: sensitivity.nullable().optional(),
});
export type UpdateTagBody = z.infer<typeof updateTagBody>;

const params = z.object({ id: numericIdText });

export const createTag = operation({
  id: 'createTag',
  method: 'POST',
  path: '/api/tag',
  summary: 'Makes a tag, and the tags above it that do not exist yet.',
  access: { action: 'tag.manage' },
  body: createTagBody,
  responses: { 201: tagDetail },
});

export const listTags = operation({
  id: 'listTags',
  method: 'GET',
  path: '/api/tag',
  summary: 'The tags right below some, those at the root, or those anywhere that a search finds.',
  access: { action: 'tag.read' },
  query: z.object({
    ...offsetQuery,
    /** Of one or of several. */
    parentId: queryIds.optional(),
    /** A part of the dot path. */
    searchText: searchText.optional(),
    source: queryList(tagSource).optional(),
    sensitivity: queryList(sensitivity).optional(),
  }),
  responses: { 200: offsetPage(tag) },
});

export const readTag = operation({
  id: 'readTag',
  method: 'GET',
  path: '/api/tag/{id}',
  summary: 'A tag, what stands above it, and what uses it.',
  access: { action: 'tag.read' },
  params,
  responses: { 200: tagDetail },
  unedited: ['childCount', 'objectCount', 'columnCount', 'uses', 'abilities'],
});

export const updateTag = operation({
  id: 'updateTag',
  method: 'PATCH',
  path: '/api/tag/{id}',
  summary: 'Describes a tag. Its name stays: policies know it by that.',
  access: { action: 'tag.manage' },
  params,
  body: updateTagBody,
  responses: { 200: tagDetail },
});

export const deleteTag = operation({
  id: 'deleteTag',
  method: 'DELETE',
  path: '/api/tag/{id}',
  summary: 'Deletes a tag with those below it and takes them off; refused while a domain or a policy names one.',
  access: { action: 'tag.manage' },
  losing: 'many',
  params,
  query: z.object({
    ...lossQuery,
    /** How many objects and columns lose it, repeated by whoever deletes a tag that is on something. */
    confirmCount: queryInteger(0, 100_000_000).optional(),
  }),
  responses: { 204: null },
});

/** A tag on a data source, on a node above, or on a column. */
export const tagApplication = z.object({
  tag: tagRef.extend({ sensitivity: sensitivity.nullable() }),
  dataObjectId: uuid,
  /** Null on a node that is no data source. */
  dataSourceId: z.int().nullable(),
  /** The path of the object it is on. */
  objectPath: z.array(z.string()),
  objectType: z.string(),
  columnName: z.string().nullable(),
  source: tagSource,
  context: z.string().nullable(),
  addedBy: author.nullable(),
  addedAt: instant,
  /** What an identification saw. */
  evidence: z.record(z.string(), z.unknown()).nullable(),
  /** Taken off by a person: only a person puts it back. */
  disabled: z.boolean(),
  disabledBy: author.nullable(),
  disabledAt: instant.nullable(),
  /** It is on a node above the data source that was asked about. */
  inherited: z.boolean(),
});
export type TagApplication = z.infer<typeof tagApplication>;

export const listTagApplications = operation({
  id: 'listTagApplications',
  method: 'GET',
  path: '/api/tag-application',
  summary:
    'What carries a tag; or the tags of a data source, of its columns and of the nodes above it, with where they come from.',
  access: { action: 'tag.read' },
  query: z.object({
    ...offsetQuery,
    tagId: numericIdText.optional(),
    dataSourceId: numericIdText.optional(),
    dataObjectId: uuid.optional(),
    /** Also what people took off. */
    withDisabled: queryBoolean.optional(),
  }),
  responses: { 200: offsetPage(tagApplication) },
});

const most = 1_000;
export const sourceSearch = z.object({
  connectionKey: connectionKeyPath.optional(),
  domainId: uuid.optional(),
  searchText: searchText.optional(),
  tag: z.array(text(255)).max(200).optional(),
});
export type SourceSearch = z.infer<typeof sourceSearch>;

export const tagTargets = z.object({
  dataSourceIds: z.array(numericId).min(1).max(most).optional(),
  /** Nodes of the tree; what lies below inherits their tags. */
  dataObjectIds: z.array(uuid).min(1).max(most).optional(),
  columns: z
    .array(z.object({ dataSourceId: numericId, name: text(255) }))
    .min(1)
    .max(most)
    .optional(),
  /** All data sources that this search finds. */
  filter: sourceSearch.optional(),
});
export type TagTargets = z.infer<typeof tagTargets>;

export const changeTagsBody = z.object({
  add: z.array(numericId).max(50).default([]),
  remove: z.array(numericId).max(50).default([]),
  /** One of its members. */
  targets: tagTargets,
});
export type ChangeTagsBody = z.infer<typeof changeTagsBody>;

/** What a change of tags did, or with `dryRun` would do. */
export const tagChange = z
  .object({
    dryRun: z.boolean(),
    targetCount: z.int(),
    added: z.int(),
    removed: z.int(),
    /** Were as asked for already. */
    unchanged: z.int(),
    /** The first hundred. */
    changes: z.array(
      z.object({
        change: z.enum(['added', 'removed']),
        tag: tagRef,
        dataObjectId: uuid,
        dataSourceId: z.int().nullable(),
        objectPath: z.array(z.string()),
        columnName: z.string().nullable(),
      }),
    ),
    /** Dynamic domains that data sources join or leave by it. */
    domains: z.array(z.object({ id: uuid, name: z.string(), joined: z.int(), left: z.int() })),
  })
  .meta({ id: 'TagChange' });
export type TagChange = z.infer<typeof tagChange>;

export const changeTags = operation({
  id: 'changeTags',
  method: 'POST',
  path: '/api/tag-application',
  summary: 'Puts tags on up to 1,000 things and takes others off, with all that follows from it.',
  access: { action: 'tag.apply' },
  losing: 'many',
  query: z.object({
    ...lossQuery,
    /** Answers what would change, and changes nothing. */
    dryRun: queryBoolean.optional(),
  }),
  body: changeTagsBody,
  responses: { 200: tagChange },
});
