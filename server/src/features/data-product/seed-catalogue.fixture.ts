import { sql } from 'kysely';
import { newUuid } from '../../db/new-id.ts';
import type { Db } from '../../db/pool.ts';

export type Catalogue = {
  connectionId: string;
  claims: string;
  finance: string;
  sources: { policies: number; claims: number; ledger: number; disabled: number };
  objects: { policies: string; claims: string };
};

type NewSource = { path: [string, string, string]; columns: string[]; enabled?: boolean };

/** A connection with a few tables in two domains, put in past the API, for what tests of the catalogue take as given. */
export async function seedCatalogue(db: Db): Promise<Catalogue> {
  const connectionId = newUuid();
  await db
    .insertInto('connection')
    .values({
      id: connectionId,
      connection_key: 'warehouse',
      technology: 'PostgreSQL',
      config: JSON.stringify({ host: 'db.example', port: 5432, database: 'warehouse', tls: 'disable' }),
      auth_type: 'password',
      secret: 'sealed',
      // Nothing of these tests may call out.
      state: 'paused',
    })
    .execute();
  const claims = await addDomain(db, 'Claims');
  const finance = await addDomain(db, 'Finance');
  const add = (source: NewSource, domainId: string) => addSource(db, { ...source, connectionId, domainId });
  const policies = await add({ path: ['warehouse', 'claims', 'policies'], columns: ['policy_id', 'premium'] }, claims);
  const events = await add(
    { path: ['warehouse', 'claims', 'claimEvents'], columns: ['claim_id', 'customerEmail'] },
    claims,
  );
  const ledger = await add({ path: ['warehouse', 'finance', 'ledger'], columns: ['amount'] }, finance);
  const disabled = await add({ path: ['warehouse', 'claims', 'old'], columns: [], enabled: false }, claims);
  return {
    connectionId,
    claims,
    finance,
    sources: { policies: policies.id, claims: events.id, ledger: ledger.id, disabled: disabled.id },
    objects: { policies: policies.objectId, claims: events.objectId },
  };
}

async function addDomain(db: Db, name: string): Promise<string> {
  const id = newUuid();
  await db.insertInto('domain').values({ id, name }).execute();
  return id;
}

async function addSource(
  db: Db,
  source: NewSource & { connectionId: string; domainId: string },
): Promise<{ id: number; objectId: string }> {
  const objectId = newUuid();
  await sql`insert into data_object (id, connection_id, object_path, name, object_type, platform_id, effective_state)
    values (${objectId}, ${source.connectionId}, ${source.path}::text[], ${source.path[2]}, 'table', ${objectId}, 'enabled')`.execute(
    db,
  );
  const { rows } = await sql<{ id: number }>`
    insert into data_source (data_object_id, connection_id, name, enabled)
    values (${objectId}, ${source.connectionId}, ${source.path.slice(1).join('.')}, ${source.enabled ?? true}) returning id`.execute(
    db,
  );
  const id = rows[0]?.id ?? 0;
  await sql`insert into domain_data_source (domain_id, data_source_id) values (${source.domainId}, ${id})`.execute(db);
  for (const [ordinal, name] of source.columns.entries())
    await sql`insert into data_source_column (data_source_id, ordinal, name, native_type, type_family, nullable)
      values (${id}, ${ordinal}, ${name}, 'text', 'text', true)`.execute(db);
  return { id, objectId };
}
