import { sql } from 'kysely';

/** Ids of the data sources that a member of a container of ours reads whom a finding `f` tells of, and nobody approved. */
export const sourcesOfMember = sql`select x.data_source_id from container_object x
  where x.connection_id = f.connection_id and x.target_id = (f.detail ->> 'targetId')::uuid
    and x.part = (f.detail ->> 'part')::int and x.state = 'ACTIVE'`;
