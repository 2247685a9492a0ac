import { sql } from 'kysely';
import { newUuid } from '../db/new-id.ts';
import type { Db } from '../db/pool.ts';

export type TestTree = {
  connectionId: string;
  /** Ids of nodes by their last name. */
  nodes: Readonly<Record<string, string>>;
  /** Ids of data sources by the name of the table. */
  sources: Readonly<Record<string, number>>;
};

/** A database with schemas and tables below each other, as a crawl would have left them; for what a test takes as given. */
export async function addObjectTree(
  db: Db,
  input: { connectionKey: string; schemas: Readonly<Record<string, readonly string[]>> },
): Promise<TestTree> {
  const { connectionId } = await addConnection(db, input.connectionKey);
  const nodes: Record<string, string> = {};
  const sources: Record<string, number> = {};
  const add = async (path: string[], objectType: string, parentId: string | null): Promise<string> => {
    const id = newUuid();
    const name = path.at(-1) ?? '';
    await sql`insert into data_object (id, connection_id, parent_id, object_path, name, object_type, effective_state, platform_id)
      values (${id}, ${connectionId}, ${parentId}, ${path}, ${name}, ${objectType}, 'enabled', ${path.join('/')})`.execute(
      db,
    );
    return (nodes[name] = id);
  };
  const top = await add(['warehouse'], 'database', null);
  for (const [schema, tables] of Object.entries(input.schemas)) {
    const parentId = await add(['warehouse', schema], 'schema', top);
    for (const table of tables) {
      const objectId = await add(['warehouse', schema, table], 'table', parentId);
      const { rows } = await sql<{ id: number }>`
        insert into data_source (data_object_id, connection_id, name) values (${objectId}, ${connectionId}, ${`${schema}.${table}`})
        returning id`.execute(db);
      sources[table] = rows[0]?.id ?? 0;
    }
  }
  return { connectionId, nodes, sources };
}

async function addConnection(db: Db, connectionKey: string): Promise<{ connectionId: string }> {
  const connectionId = newUuid();
  const config = { host: 'db.example.com', port: 5432, database: 'warehouse', tls: 'disable' };
  await sql`insert into connection (id, connection_key, technology, config, auth_type, secret, state)
    values (${connectionId}, ${connectionKey}, 'PostgreSQL', ${JSON.stringify(config)}::jsonb, 'password', '', 'paused')`.execute(
    db,
  );
  return { connectionId };
}
