import pg from 'pg';

const notOfAnExtension = (id: string) =>
  `not exists (select from pg_depend d where d.objid = ${id} and d.deptype = 'e')`;

/** Drops what stands in the schema; extensions stay. */
export async function clearDatabase(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ drop: string }>(`
    select format('drop %s if exists %s cascade', case c.relkind when 'v' then 'view' when 'm' then 'materialized view' else 'table' end, c.oid::regclass) as drop
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition
        and ${notOfAnExtension('c.oid')}
    union all
    select format('drop sequence if exists %s cascade', c.oid::regclass) from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'S' and ${notOfAnExtension('c.oid')}
        and not exists (select from pg_depend d where d.objid = c.oid and d.deptype in ('a', 'i'))
    union all
    select format('drop routine if exists %s cascade', p.oid::regprocedure) from pg_proc p
      where p.pronamespace = 'public'::regnamespace and ${notOfAnExtension('p.oid')}
    union all
    select format('drop type if exists %s cascade', t.oid::regtype) from pg_type t
      where t.typnamespace = 'public'::regnamespace and t.typtype in ('e', 'd') and ${notOfAnExtension('t.oid')}`);
  for (const { drop } of rows) await client.query(drop);
}

/**
 * Empties every table of what migrations wrote, and lifts foreign keys and triggers while rows come in any order. The answer
 * puts them back: a foreign key that does not hold then fails the whole.
 */
export async function suspendChecks(client: pg.Client): Promise<() => Promise<void>> {
  const { rows: tables } = await client.query<{ name: string }>(`select c.oid::regclass::text as name from pg_class c
    where c.relkind in ('r', 'p') and not c.relispartition and (
      (c.relnamespace = 'public'::regnamespace and c.relname <> 'stoa_migration' and ${notOfAnExtension('c.oid')})
      or (c.relnamespace = 'graphile_worker'::regnamespace and c.relname like '\\_private\\_%'))`);
  await client.query(`truncate ${tables.map((table) => table.name).join(', ')}`);
  const { rows: keys } = await client.query<{ table: string; name: string; definition: string }>(`
    select k.conrelid::regclass::text as table, k.conname as name, pg_get_constraintdef(k.oid) as definition
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    where k.contype = 'f' and k.conparentid = 0 and k.connamespace in ('public'::regnamespace, 'graphile_worker'::regnamespace)`);
  for (const key of keys)
    await client.query(`alter table ${key.table} drop constraint ${pg.escapeIdentifier(key.name)}`);
  const { rows: triggered } = await client.query<{ name: string }>(`select distinct tgrelid::regclass::text as name
    from pg_trigger t join pg_class c on c.oid = t.tgrelid where not t.tgisinternal
      and c.relnamespace in ('public'::regnamespace, 'graphile_worker'::regnamespace)`);
  for (const { name } of triggered) await client.query(`alter table ${name} disable trigger user`);
  return async () => {
    for (const { name } of triggered) await client.query(`alter table ${name} enable trigger user`);
    for (const key of keys)
      await client.query(`alter table ${key.table} add constraint ${pg.escapeIdentifier(key.name)} ${key.definition}`);
  };
}
