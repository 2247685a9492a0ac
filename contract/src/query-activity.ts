import { z } from 'zod';
import { operation } from './operation.ts';
import { queryInteger } from './page.ts';
import { instant, numericIdText } from './text.ts';

/** What is known of reads on a platform, and since when. */
export const activityReading = z.object({
  /**
   * `counted`; `waiting`: the first look is to come; `off` by the settings of this installation; `not_told`: the account may read
   * neither statistics nor log, the checks of the connection say what is missing; `failed`: the last look did.
   */
  state: z.enum(['counted', 'waiting', 'off', 'not_told', 'failed']),
  way: z.enum(['statistics', 'log']).nullable(),
  /** No read after this can have been missed, but for those of `forgotten` statements. */
  observedSince: instant.nullable(),
  lastReadAt: instant.nullable(),
  /** Statements that the platform threw out of its counters between two looks. */
  forgotten: z.int(),
  /** Calls on this connection whose tables could not be told. */
  unresolvedCalls: z.int(),
  failure: z.string().nullable(),
  everyMinutes: z.int(),
  keptDays: z.int(),
});
export type ActivityReadingState = z.infer<typeof activityReading>;

/** Reads of one data source, day by day (UTC); days without any are left out. */
export const sourceActivity = z
  .object({
    dataSourceId: z.int(),
    connectionKey: z.string(),
    reading: activityReading,
    from: z.iso.date(),
    to: z.iso.date(),
    days: z.array(z.object({ day: z.iso.date(), calls: z.int(), maybeCalls: z.int(), accounts: z.int() })),
    calls: z.int(),
    accounts: z.int(),
    lastAt: instant.nullable(),
  })
  .meta({ id: 'SourceActivity' });
export type SourceActivity = z.infer<typeof sourceActivity>;

export const getSourceActivity = operation({
  id: 'getSourceActivity',
  method: 'GET',
  path: '/api/data-source/{id}/activity',
  summary: 'How often a data source was read, day by day, as its platform counts it.',
  access: { action: 'report.read' },
  params: z.object({ id: numericIdText }),
  query: z.object({ days: queryInteger(1, 366).default(30) }),
  responses: { 200: sourceActivity },
});
