import { z } from 'zod';
import { operation } from './operation.ts';
import { offsetPage, offsetQuery, queryBoolean } from './page.ts';
import { abilities, author } from './person.ts';
import { connectionKeyPath, instant, numericId, numericIdText, searchText, text, uuid } from './text.ts';

export const identificationStatus = z.enum(['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED']);
export type IdentificationStatus = z.infer<typeof identificationStatus>;

export const identificationOutcome = z.enum([
  'tagged',
  'below_threshold',
  'outscored',
  'insufficient_sample',
  'not_evaluated',
]);
export type IdentificationOutcome = z.infer<typeof identificationOutcome>;

/** Why a table or a column was not looked at. */
export const sampleRefusal = z.enum([
  'missing',
  'privilege',
  'row_security',
  'foreign_code',
  'foreign_table',
  'locked',
  'timeout',
  'type',
  'failed',
  'unreachable',
  'disabled',
]);
export type SampleRefusal = z.infer<typeof sampleRefusal>;

export const identificationRun = z
  .object({
    id: uuid,
    taskId: uuid.nullable(),
    scope: z.enum(['domain', 'connection', 'source']),
    /** What was looked at, as it was called then. */
    scopeName: z.string(),
    domainId: uuid.nullable(),
    connectionKey: z.string().nullable(),
    dataSourceId: z.int().nullable(),
    cause: z.enum(['person', 'first_enable', 'new_columns']),
    status: identificationStatus,
    error: z.string().nullable(),
    /** Data sources: all of them, those looked at, and those of the latter that could not be read. */
    total: z.int(),
    done: z.int(),
    refused: z.int(),
    columns: z.int(),
    tagsAdded: z.int(),
    tagsProposed: z.int(),
    cancelRequestedAt: instant.nullable(),
    canceledBy: author.nullable(),
    createdBy: author.nullable(),
    createdAt: instant,
    startedAt: instant.nullable(),
    finishedAt: instant.nullable(),
    abilities: abilities.optional(),
  })
  .meta({ id: 'IdentificationRun' });
export type IdentificationRun = z.infer<typeof identificationRun>;

const params = z.object({ id: uuid });

export const startIdentification = operation({
  id: 'startIdentification',
  method: 'POST',
  path: '/api/identification',
  summary:
    'Identifies sensitive data in a domain, a connection or a data source. Values are counted inside the platform.',
  access: { action: 'identification.run' },
  body: z.object({
    /** One of the three. */
    domainId: uuid.optional(),
    connectionKey: connectionKeyPath.optional(),
    dataSourceId: numericId.optional(),
  }),
  responses: { 202: identificationRun },
});

export const listIdentificationRuns = operation({
  id: 'listIdentificationRuns',
  method: 'GET',
  path: '/api/identification',
  summary: 'Runs, the newest first.',
  access: { action: 'identification.read' },
  query: z.object({
    ...offsetQuery,
    status: identificationStatus.optional(),
    domainId: uuid.optional(),
    connectionKey: connectionKeyPath.optional(),
    dataSourceId: numericIdText.optional(),
    searchText: searchText.optional(),
  }),
  responses: { 200: offsetPage(identificationRun) },
});

export const readIdentificationRun = operation({
  id: 'readIdentificationRun',
  method: 'GET',
  path: '/api/identification/{id}',
  summary: 'A run and how far it has come.',
  access: { action: 'identification.read' },
  params,
  responses: { 200: identificationRun },
});

export const cancelIdentification = operation({
  id: 'cancelIdentification',
  method: 'POST',
  path: '/api/identification/{id}/cancel',
  summary: 'Ends a run after the table it is at. What has been found stays.',
  access: { action: 'identification.run' },
  params,
  responses: { 200: identificationRun },
});

export const identificationRunSource = z.object({
  dataSourceId: z.int(),
  objectPath: z.array(z.string()),
  status: z.enum(['waiting', 'done', 'refused']),
  reason: sampleRefusal.nullable(),
  columns: z.int(),
  tagsAdded: z.int(),
  tagsProposed: z.int(),
  finishedAt: instant.nullable(),
});
export type IdentificationRunSource = z.infer<typeof identificationRunSource>;

export const listIdentificationRunSources = operation({
  id: 'listIdentificationRunSources',
  method: 'GET',
  path: '/api/identification/{id}/data-source',
  summary: 'The data sources of a run and what came of each.',
  access: { action: 'identification.read' },
  params,
  query: z.object({
    ...offsetQuery,
    status: z.enum(['waiting', 'done', 'refused']).optional(),
    searchText: searchText.optional(),
  }),
  responses: { 200: offsetPage(identificationRunSource) },
});

/** What the last sight of a column said. Only counts: no value of it. */
export const identificationResult = z
  .object({
    dataSourceId: z.int(),
    objectPath: z.array(z.string()),
    columnName: z.string(),
    nativeType: z.string(),
    runId: uuid.nullable(),
    ranAt: instant,
    sampleRows: z.int().nullable(),
    nonNullRows: z.int().nullable(),
    reason: sampleRefusal.nullable(),
    evidence: z.array(
      z.object({
        identifierId: z.int(),
        identifierName: z.string(),
        outcome: identificationOutcome,
        hitRatio: z.number().nullable(),
      }),
    ),
  })
  .meta({ id: 'IdentificationResult' });
export type IdentificationResult = z.infer<typeof identificationResult>;

export const listIdentificationResults = operation({
  id: 'listIdentificationResults',
  method: 'GET',
  path: '/api/identification-result',
  summary: 'Columns with what the last sight of each said, per identifier that at least one value fitted.',
  access: { action: 'identification.read' },
  query: z.object({
    ...offsetQuery,
    dataSourceId: numericIdText.optional(),
    runId: uuid.optional(),
    identifierId: numericIdText.optional(),
    /** Only columns that something was tagged on. */
    taggedOnly: queryBoolean.optional(),
    searchText: searchText.optional(),
  }),
  responses: { 200: offsetPage(identificationResult) },
});

/** A tag whose values are no longer there. Nothing is taken off before somebody decides. */
export const identificationProposal = z
  .object({
    dataSourceId: z.int(),
    objectPath: z.array(z.string()),
    columnName: z.string(),
    tag: z.object({ id: z.int(), name: z.string() }),
    identifierName: z.string(),
    outcome: identificationOutcome,
    ratioBefore: z.number().nullable(),
    ratioNow: z.number().nullable(),
    runId: uuid.nullable(),
    proposedAt: instant,
    abilities: abilities.optional(),
  })
  .meta({ id: 'IdentificationProposal' });
export type IdentificationProposal = z.infer<typeof identificationProposal>;

export const listIdentificationProposals = operation({
  id: 'listIdentificationProposals',
  method: 'GET',
  path: '/api/identification-proposal',
  summary: 'Tags whose reason has gone, for a person to take off or keep.',
  access: { action: 'identification.read' },
  query: z.object({ ...offsetQuery, dataSourceId: numericIdText.optional(), searchText: searchText.optional() }),
  responses: { 200: offsetPage(identificationProposal) },
});

export const decideIdentificationProposals = operation({
  id: 'decideIdentificationProposals',
  method: 'POST',
  path: '/api/identification-proposal/decide',
  summary: 'Takes proposed tags off, or keeps them as tags of a person, which no run proposes again.',
  access: { action: 'tag.apply' },
  body: z.object({
    decision: z.enum(['remove', 'keep']),
    proposals: z
      .array(z.object({ dataSourceId: numericId, columnName: text(255), tagId: numericId }))
      .min(1)
      .max(500),
  }),
  responses: { 200: z.object({ decided: z.int() }) },
});

/** The operations of this noun, by their id. */
export const identificationOperations = {
  startIdentification,
  listIdentificationRuns,
  readIdentificationRun,
  cancelIdentification,
  listIdentificationRunSources,
  listIdentificationResults,
  listIdentificationProposals,
  decideIdentificationProposals,
} as const;
