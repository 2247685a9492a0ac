import { sql } from 'kysely';
import pg from 'pg';
import type { Db } from '../db/pool.ts';

/** The tables in which facts stand. Jobs write others, and the last use of a token is written by any call. */
const tables = [
  'app_user',
  'global_permission',
  'user_group',
  'group_member',
  'attribute',
  'domain',
  'domain_data_source',
  'domain_permission',
  'request_form',
  'request_form_version',
  'data_product',
  'data_product_owner',
  'data_product_domain',
  'data_product_source',
  'access_request',
  'approval_record',
  'setting',
  'notification_switch',
  'notification_hours',
] as const;
const counted = ['connection', 'personal_access_token', 'data_source', 'data_object', 'platform_identity'] as const;

export type Fingerprint = Readonly<Record<string, string>>;

const whole = tables.map(
  (name) => `select '${name}' as name, count(*) || ':' || coalesce(sum(hashtext(t::text)), 0) as print from ${name} t`,
);
const numbers = counted.map((name) => `select '${name}' as name, count(*)::text as print from ${name}`);
const question = [...whole, ...numbers].join(' union all ');

/** Every row of the tables of facts, in one number each. */
export async function fingerprint(db: Db): Promise<Fingerprint> {
  const { rows } = await sql<{ name: string; print: string }>`${sql.raw(question)}`.execute(db);
  return Object.fromEntries(rows.map((row) => [row.name, row.print]));
}

/** The same for who asks after each call: the tables are read again only when a row of theirs was written since. */
export async function fingerprintsOf(databaseUrl: string, db: Db): Promise<() => Promise<Fingerprint>> {
  await countWrites(databaseUrl);
  let [seen, last] = ['', {} as Fingerprint];
  return async () => {
    const counter = await sql<{ at: string }>`select last_value || ':' || is_called as at from rows_written`.execute(
      db,
    );
    const at = counter.rows[0]?.at ?? '';
    if (at === seen) return last;
    [seen, last] = [at, await fingerprint(db)];
    return last;
  };
}

/** A sequence is moved by each row, and keeps what a transaction moved that was undone. */
async function countWrites(databaseUrl: string): Promise<void> {
  const owner = new pg.Client(databaseUrl);
  await owner.connect();
  try {
    await owner.query(`create sequence rows_written; grant select on rows_written to public;
      create function count_row() returns trigger language plpgsql security definer as
        $$ begin perform nextval('public.rows_written'); return null; end $$`);
    for (const name of [...tables, ...counted])
      await owner.query(`create trigger counts_rows after insert or update or delete on ${name}
        for each row execute function count_row()`);
  } finally {
    await owner.end();
  }
}

export const whatChanged = (before: Fingerprint, after: Fingerprint): string[] =>
  Object.keys(after).filter((name) => before[name] !== after[name]);
