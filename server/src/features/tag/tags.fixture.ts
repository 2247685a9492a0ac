import { sql } from 'kysely';
import type { Db } from '../../db/pool.ts';
import { newUuid } from '../../db/new-id.ts';

/** A stored tag past the API, those above it included; what a test takes as given. */
export async function addTag(db: Db, name: string): Promise<number> {
  const cut = name.lastIndexOf('.');
  const parent = cut < 0 ? null : await addTag(db, name.slice(0, cut));
  const { rows } = await sql<{ id: number }>`
    insert into tag (name, parent_id, source) values (${name}, ${parent}, 'curated')
    on conflict (lower(name)) do update set name = excluded.name returning id`.execute(db);
  return rows[0]?.id ?? 0;
}

/** A dynamic domain of a tag, before anything has joined it. */
export async function addDynamicDomain(db: Db, { name, tagId }: { name: string; tagId: number }): Promise<string> {
  const id = newUuid();
  await sql`insert into domain (id, name, mode, tag_id) values (${id}, ${name}, 'dynamic', ${tagId})`.execute(db);
  return id;
}

/** The data sources of a domain, by the names of their tables. */
export async function membersOf(db: Db, domainId: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select o.name from domain_data_source d join data_source s on s.id = d.data_source_id join data_object o on o.id = s.data_object_id
    where d.domain_id = ${domainId} order by 1`.execute(db);
  return rows.map((row) => row.name);
}
