import { z } from 'zod';
import { technology } from './enums.ts';
import { tagPath } from './masking.ts';
import { operation } from './operation.ts';
import { personName } from './person.ts';
import { policyDraft } from './policy-resource.ts';
import { policyState } from './policy.ts';
import { line, numericId, uuid } from './text.ts';

const act = z.enum(['add', 'remove']);

/** One thing that might change. Nothing of it is stored. */
export const simulatedChange = z.discriminatedUnion('change', [
  /** A policy as drafted, in the place of the one with the id, or beside all that there are. */
  z.object({
    change: z.literal('policy'),
    policy: policyDraft,
    id: uuid.optional(),
    state: policyState.default('active'),
    /** Owners who have signed it would be asked to sign again. */
    reCertify: z.boolean().optional(),
  }),
  z.object({ change: z.literal('policyState'), id: uuid, state: policyState }),
  /** A tag on data sources, or on the column of that name of each. */
  z.object({
    change: z.literal('tag'),
    act,
    tag: tagPath,
    dataSourceIds: z.array(numericId).min(1).max(1_000),
    column: line(255).optional(),
  }),
  /** Who is in a group. */
  z.object({
    change: z.literal('group'),
    act,
    group: line(255),
    globalUserIds: z.array(uuid).min(1).max(1_000),
  }),
  /** An attribute value of people. */
  z.object({
    change: z.literal('attribute'),
    act,
    name: line(255),
    value: line(255),
    globalUserIds: z.array(uuid).min(1).max(1_000),
  }),
  /** Which data sources lie in a domain of picked sources. */
  z.object({
    change: z.literal('domain'),
    act,
    domainId: uuid,
    dataSourceIds: z.array(numericId).min(1).max(1_000),
  }),
  z.object({ change: z.literal('product'), dataProductId: uuid, suspended: z.boolean() }),
  /** Any operation by which people may lose access, as it would be called; it is made, looked at, and taken back. */
  z.object({
    change: z.literal('call'),
    operation: line(100),
    params: z.record(line(100), z.union([line(300), z.number()])).optional(),
    query: z.record(line(100), z.unknown()).optional(),
    body: z.unknown().optional(),
  }),
]);
export type SimulatedChange = z.infer<typeof simulatedChange>;
export type SimulatedChangeIn = z.input<typeof simulatedChange>;

export const simulateBody = z
  .object({
    changes: z.array(simulatedChange).min(1).max(20),
    /** Also the native statements: each platform is looked at for them, and asked for accounts that are not known yet. */
    statements: z.boolean().default(false),
  })
  .meta({ id: 'SimulateBody' });
export type SimulateBody = z.infer<typeof simulateBody>;

/**
 * Why somebody gains or loses: what gives the access, what no longer gives it, the guardrail that keeps them out, or the login
 * that they no longer have.
 */
export const effectReason = z.object({
  kind: z.enum(['given', 'ended', 'prevented', 'account']),
  by: z.string(),
});
export type EffectReason = z.infer<typeof effectReason>;

export const affectedPerson = personName.extend({
  sourceCount: z.int(),
  /** The first of the data sources. */
  sources: z.array(z.string()),
  reasons: z.array(effectReason),
  /** Connections on which they have no account yet: there it waits for one. */
  withoutAccount: z.array(z.string()),
});
export type AffectedPerson = z.infer<typeof affectedPerson>;

const affected = z.object({ count: z.int(), people: z.array(affectedPerson) });

export const simulationWarning = z.object({
  code: z.enum(['NOT_OVER_MISSING_ATTRIBUTE', 'NO_SOURCE_MATCHED', 'NO_ACCOUNT', 'MASK_DEGRADED', 'EXCEPTION_ENDS']),
  message: z.string(),
});
export type SimulationWarning = z.infer<typeof simulationWarning>;

export const simulation = z
  .object({
    /** Names this outcome. Sent with the change itself, it is refused once the outcome would be another one. */
    basedOn: z.string(),
    gaining: affected,
    losing: affected,
    /** People whose access stays what it is. */
    unchanged: z.int(),
    /** Data sources whose readers would change. */
    sourceCount: z.int(),
    connections: z.array(
      z.object({
        connectionKey: z.string(),
        technology,
        gaining: z.int(),
        losing: z.int(),
        /** Views of masks first, then access. Left out unless asked for, and where the platform was away. */
        statementCount: z.int().optional(),
        statements: z.array(z.string()).optional(),
        /** Why there are no statements, or what keeps them from being enough. */
        problem: z.string().optional(),
      }),
    ),
    /** People who would read what they read under another login; null is none. The first of them. */
    accounts: z.object({
      count: z.int(),
      changes: z.array(
        personName.extend({ connectionKey: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
      ),
    }),
    /** Columns that readers would see otherwise; the first of them. Null is clear. */
    columns: z.object({
      count: z.int(),
      changes: z.array(
        z.object({
          source: z.string(),
          column: z.string(),
          before: z.string().nullable(),
          after: z.string().nullable(),
          degradedTo: z.string().nullable(),
        }),
      ),
    }),
    /** People for whom masks would be lifted or laid by their groups or attributes; the first of them. */
    sights: z.object({
      count: z.int(),
      people: z.array(personName.extend({ clear: z.array(z.string()), hidden: z.array(z.string()) })),
    }),
    /** People whose approved masking exceptions would end for good, with the masks of their columns; the first of them. */
    endingExceptions: z.object({
      count: z.int(),
      people: z.array(personName.extend({ columns: z.array(z.string()) })),
    }),
    /** Row rules that would come or go; the first of them. */
    rows: z.object({ count: z.int(), changes: z.array(z.object({ source: z.string(), policy: z.string(), act })) }),
    /** Sources on which the platform could not do what a data policy says: nobody is granted them. */
    notEnforceable: z.array(z.object({ source: z.string(), policy: z.string(), reason: z.string() })),
    /** Sources on which grants without a condition would contradict each other: none of them acts. */
    conflicts: z.array(z.object({ source: z.string(), policies: z.array(z.string()) })),
    warnings: z.array(simulationWarning),
    /** More people lose access than may without their number being repeated. */
    confirmLoss: z.boolean(),
  })
  .meta({ id: 'Simulation' });
export type Simulation = z.infer<typeof simulation>;

export const simulate = operation({
  id: 'simulate',
  method: 'POST',
  path: '/api/simulate',
  summary: 'Who would gain and lose what, and what else would follow from changes; writes nothing.',
  access: { action: 'policy.author' },
  body: simulateBody,
  responses: { 200: simulation },
});

export const exportSimulation = operation({
  id: 'exportSimulation',
  method: 'POST',
  path: '/api/simulate/export',
  summary:
    'The same people, all of them, as CSV. Cells that a spreadsheet would run as a formula begin with an apostrophe.',
  access: { action: 'policy.author' },
  answerType: 'text/csv',
  body: z.object({ changes: z.array(simulatedChange).min(1).max(20) }),
  responses: { 200: z.string() },
});
