import { sql } from 'kysely';
import { newUuid } from '../db/new-id.ts';
import type { Db } from '../db/pool.ts';

/** A connection with a schema of tables, as a crawl would have left them; for what a test takes as given. */
export async function addDataSources(
  db: Db,
  input: { connectionKey: string; schema: string; tables: readonly string[] },
): Promise<{ connectionId: string; dataSourceIds: number[] }> {
  const connectionId = newUuid();
  const config = { host: 'db.example.com', port: 5432, database: 'warehouse', tls: 'disable' };
  await sql`insert into connection (id, connection_key, technology, config, auth_type, secret, state)
    values (${connectionId}, ${input.connectionKey}, 'PostgreSQL', ${JSON.stringify(config)}::jsonb, 'password', '', 'paused')`.execute(
    db,
  );
  const dataSourceIds: number[] = [];
  for (const table of input.tables) {
    const objectId = newUuid();
    await sql`insert into data_object (id, connection_id, object_path, name, object_type, effective_state, comment)
      values (${objectId}, ${connectionId}, ${['db.example.com', 'warehouse', input.schema, table]}, ${table}, 'table', 'enabled', ${`About ${table}`})`.execute(
      db,
    );
    const { rows } = await sql<{ id: number }>`
      insert into data_source (data_object_id, connection_id, name) values (${objectId}, ${connectionId}, ${table}) returning id`.execute(
      db,
    );
    dataSourceIds.push(rows[0]?.id ?? 0);
  }
  return { connectionId, dataSourceIds };
}
