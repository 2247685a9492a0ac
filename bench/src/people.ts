import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { callerOf, type TestPerson } from '@stoa/server/testing/people';
import type pg from 'pg';

/** Every login of a run has this password; nobody outside the run ever sees the server. */
export const loginPassword = 'bench-login';

/** Somebody with a token and global permissions, straight into the database. */
export async function addCaller(
  db: pg.Client,
  url: string,
  person: { username: string; permissions: readonly string[] },
): Promise<TestPerson> {
  const globalUserId = randomUUID();
  const { username } = person;
  const token = `stoa_pat_${randomBytes(32).toString('base64url')}`;
  const { rows } = await db.query<{ id: number }>(
    `insert into app_user (global_user_id, person_id, username, name, email) values ($1, $1, $2, $2, $2 || '@example.com') returning id`,
    [globalUserId, username],
  );
  await db.query(`insert into global_permission (global_user_id, permission) select $1, unnest($2::text[])`, [
    globalUserId,
    person.permissions,
  ]);
  await db.query(
    `insert into personal_access_token (id, token_hash, prefix, global_user_id, description, expires_at)
     values ($1, $2, $3, $4, 'benchmark', now() + interval '1 day')`,
    [randomUUID(), createHash('sha256').update(token).digest(), token.slice(0, 16), globalUserId],
  );
  return { globalUserId, userId: rows[0]?.id ?? 0, username, name: username, token, ...callerOf(url, token) };
}

export type Consumer = { globalUserId: string; username: string };

/**
 * People with a login of the same name on the platform's server. One verifier serves all logins: hashing a password ten
 * thousand times would be most of a run.
 */
export async function addConsumers(
  db: pg.Client,
  superuser: pg.Client,
  group: { prefix: string; count: number; known?: { connectionId: string } },
): Promise<Consumer[]> {
  const { prefix, count, known } = group;
  await superuser.query(`do $$
    declare verifier text;
    begin
      execute format('create role %I login password %L', '${prefix}_0', '${loginPassword}');
      select rolpassword into verifier from pg_authid where rolname = '${prefix}_0';
      for i in 1..${count - 1} loop
        execute format('create role %I login password %L', '${prefix}_' || i, verifier);
      end loop;
    end $$`);
  const { rows } = await db.query<Consumer>(
    `insert into app_user (global_user_id, person_id, username, name, email)
     select id, id, $1 || '_' || i, 'Consumer ' || $1 || ' ' || i, $1 || '_' || i || '@example.com'
     from (select i, gen_random_uuid() as id from generate_series(0, $2::int - 1) i) given
     returning global_user_id as "globalUserId", username`,
    [prefix, count],
  );
  if (known !== undefined) await addIdentities(db, superuser, { ...known, consumers: rows });
  return rows;
}

/** As after a steward has looked at the plan of each: who they are on the platform has been asked. */
async function addIdentities(
  db: pg.Client,
  superuser: pg.Client,
  { connectionId, consumers }: { connectionId: string; consumers: readonly Consumer[] },
): Promise<void> {
  const { rows } = await superuser.query<{ name: string; id: string }>(
    `select rolname as name, oid::text as id from pg_roles where rolname = any($1::text[])`,
    [consumers.map((c) => c.username)],
  );
  await db.query(
    `insert into platform_identity (connection_id, global_user_id, external_name, platform_principal_id, state, verified_at)
     select $1, u.global_user_id, o.name, o.id, 'fallback', now()
     from unnest($2::text[], $3::text[]) o (name, id) join app_user u on u.username = o.name`,
    [connectionId, rows.map((r) => r.name), rows.map((r) => r.id)],
  );
}
