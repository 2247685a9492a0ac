import { type RawBuilder, sql } from 'kysely';

/** Counting that nobody has looked at for this long says nothing about today. */
const staleAfter = sql`interval '1 day'`;

/** Since when no read can have been missed, of a row `reading` of activity_reading; null where reads are not counted now. */
export const countedSince = sql<Date | null>`case when reading.last_read_at > now() - ${staleAfter} then reading.observed_since end`;

/** When a login last read a source, as a row `used (at)`; both are columns of the query around. */
export const lastUse = (dataObjectId: string, principalId: string): RawBuilder<unknown> => sql`(
  select last_day.last_at as at from query_activity last_day
  where last_day.data_object_id = ${sql.ref(dataObjectId)} and last_day.principal_id = ${sql.ref(principalId)}
  order by last_day.day desc limit 1)`;
