import { z } from 'zod';
import { lossQuery } from './confirm-loss.ts';
import { exposure, technology } from './enums.ts';
import { operation } from './operation.ts';
import { cursorPage, cursorQuery, queryBoolean, queryList } from './page.ts';
import { abilities } from './person.ts';
import { taskAnswer } from './task.ts';
import { connectionKeyPath, instant, searchText, text, uuid } from './text.ts';

export const dataObjectState = z.enum(['enabled', 'disabled', 'inherit']);
export type DataObjectState = z.infer<typeof dataObjectState>;

const ownExposure = z.enum(['inherit', ...exposure.options]);
export type OwnExposure = z.infer<typeof ownExposure>;

/** A node of the tree that a crawl found: host, database, schema, or a leaf. Its id is also the asset's. */
export const dataObject = z
  .object({
    id: uuid,
    connectionKey: connectionKeyPath,
    parentId: uuid.nullable(),
    name: z.string(),
    objectPath: z.array(z.string()),
    objectType: z.string(),
    technology,
    platformId: z.string().nullable(),
    owner: z.string().nullable().optional(),
    comment: z.string().nullable().optional(),
    state: dataObjectState,
    newChildState: dataObjectState,
    /** The first state that is not `inherit`, from the node upwards. */
    effectiveState: z.enum(['enabled', 'disabled']),
    exposure: ownExposure,
    /** The first exposure that is not `inherit`, from the node upwards; above the top stands the connection's setting. */
    effectiveExposure: exposure,
    dataSourceId: z.int().nullable(),
    childCount: z.int().min(0),
    missingSince: instant.nullable(),
    /** Why nothing is granted on it until a person confirms it. */
    hold: z.string().nullable(),
    abilities: abilities.optional(),
  })
  .meta({ id: 'DataObject' });
export type DataObject = z.infer<typeof dataObject>;

export const updateDataObjectBody = z
  .object({
    state: dataObjectState.optional(),
    newChildState: dataObjectState.optional(),
    /** How the data sources at and below it are read. */
    exposure: ownExposure.optional(),
    /** The number of descendants, repeated by the caller when it is over 100,000. */
    confirmCount: z.int().min(0).optional(),
  })
  .refine(
    (b) => b.state !== undefined || b.newChildState !== undefined || b.exposure !== undefined,
    'names neither state nor newChildState nor exposure',
  );
export type UpdateDataObjectBody = z.infer<typeof updateDataObjectBody>;

export const listDataObjects = operation({
  id: 'listDataObjects',
  method: 'GET',
  path: '/api/data-object',
  summary: 'Children of a node, the roots when `parentId` is left out, or everything that `searchText` finds.',
  access: { action: 'data-object.read' },
  query: z.object({
    ...cursorQuery,
    connectionKey: connectionKeyPath.optional(),
    parentId: uuid.optional(),
    searchText: searchText.optional(),
    objectType: queryList(text(64)).optional(),
    effectiveState: z.enum(['enabled', 'disabled']).optional(),
    missing: queryBoolean.optional(),
  }),
  responses: { 200: cursorPage(dataObject) },
});

export const readDataObject = operation({
  id: 'readDataObject',
  method: 'GET',
  path: '/api/data-object/{id}',
  summary: 'One node of the tree.',
  access: { action: 'data-object.read' },
  params: z.object({ id: uuid }),
  responses: { 200: dataObject },
  unedited: ['childCount', 'abilities'],
});

export const updateDataObject = operation({
  id: 'updateDataObject',
  method: 'PATCH',
  path: '/api/data-object/{id}',
  summary: 'Enables or disables a node and so its subtree, or says how it is read; a job does the rest.',
  access: { action: 'data-object.manage' },
  losing: 'many',
  params: z.object({ id: uuid }),
  query: z.object(lossQuery),
  body: updateDataObjectBody,
  responses: { 202: taskAnswer.extend({ dataObject }) },
});

export const syncDataObject = operation({
  id: 'syncDataObject',
  method: 'POST',
  path: '/api/data-object/{id}/sync',
  summary: 'Looks at a node and everything below it on its platform again.',
  access: { action: 'data-object.manage' },
  params: z.object({ id: uuid }),
  responses: { 202: taskAnswer },
});

export const releaseDataObject = operation({
  id: 'releaseDataObject',
  method: 'POST',
  path: '/api/data-object/{id}/release',
  summary: 'Confirms an object that came back under its name as another one, so that access to it is given again.',
  access: { action: 'data-object.release' },
  params: z.object({ id: uuid }),
  responses: { 200: dataObject },
});
