import { sql } from 'kysely';
import { newUuid } from '../../db/new-id.ts';
import type { Db } from '../../db/pool.ts';

export type AssetTree = {
  connectionId: string;
  database: string;
  schema: string;
  /** Two tables in the schema; the first is a data source. */
  policies: string;
  claims: string;
  sourceId: number;
  domainId: string;
};

/** A database with a schema of two tables, as a crawl leaves them, put in past the API. */
export async function addAssetTree(db: Db, connectionKey = 'warehouse', host = 'db.example'): Promise<AssetTree> {
  const connectionId = newUuid();
  const config = { host, port: 5432, database: 'warehouse', tls: 'disable' };
  await sql`insert into connection (id, connection_key, technology, config, auth_type, secret, state)
    values (${connectionId}, ${connectionKey}, 'PostgreSQL', ${JSON.stringify(config)}::jsonb, 'password', '', 'paused')`.execute(
    db,
  );
  const add = async (path: string[], objectType: string, parentId: string | null): Promise<string> => {
    const id = newUuid();
    await sql`insert into data_object (id, connection_id, parent_id, object_path, name, object_type, effective_state, comment, columns)
      values (${id}, ${connectionId}, ${parentId}, ${path}::text[], ${path.at(-1)}, ${objectType}, 'enabled', ${`About ${path.at(-1)}`},
        ${JSON.stringify([{ name: 'id', ordinal: 1, nativeType: 'integer', typeFamily: 'integer', nullable: false, comment: 'The key' }])}::jsonb)`.execute(
      db,
    );
    return id;
  };
  const database = await add(['warehouse'], 'database', null);
  const schema = await add(['warehouse', 'claims'], 'schema', database);
  const policies = await add(['warehouse', 'claims', 'policies'], 'table', schema);
  const claims = await add(['warehouse', 'claims', 'claimEvents'], 'view', schema);
  const { rows } = await sql<{ id: number }>`
    insert into data_source (data_object_id, connection_id, name) values (${policies}, ${connectionId}, 'claims.policies') returning id`.execute(
    db,
  );
  const sourceId = rows[0]?.id ?? 0;
  const domainId = newUuid();
  await sql`insert into domain (id, name) values (${domainId}, ${`Domain of ${connectionKey}`})`.execute(db);
  await sql`insert into domain_data_source (domain_id, data_source_id) values (${domainId}, ${sourceId})`.execute(db);
  return { connectionId, database, schema, policies, claims, sourceId, domainId };
}

let made = 0;
/** A request form that delegates, or decides by itself. */
export async function addForm(db: Db, policy: object = delegates): Promise<string> {
  const id = newUuid();
  const version = `ctestformversion${String(++made).padStart(9, '0')}`;
  const name = `Form ${made}`;
  await sql`insert into request_form (id, name, name_key, current_version) values (${id}, ${name}, ${id}, ${version})`.execute(
    db,
  );
  await sql`insert into request_form_version (version, request_form_id, name, fields, policy)
    values (${version}, ${id}, ${name}, '[]', ${JSON.stringify(policy)}::jsonb)`.execute(db);
  return id;
}
const delegates = { rules: [], defaultEvent: { type: 'dataProductPolicy', params: {} } };
