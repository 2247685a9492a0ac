import { sql } from 'kysely';
import type { Tx } from '../db/pool.ts';
import type { Checked, Finding } from './finding.ts';
import { askRows, noneOf, type Question } from './rows.ts';
import type { StoredAsk } from './stored-checks.ts';

const next = 'Restore the row from a backup; no way of the product makes this.';

/** A row that belongs to one place and names a thing of another. */
const strays = (table: string, what: string, found: string, rows: string): Question => ({
  direction: 'wrong',
  expected: what,
  where: table,
  next,
  query: `select ${found} as found, x.subject, null::timestamptz as since, null::text as request from (${rows}) x`,
});

const isolation: readonly Question[] = [
  strays(
    'data_source',
    'a data source and its object are of one connection',
    `'its object is of another connection'`,
    `select 'data source ' || s.id as subject from data_source s join data_object o on o.id = s.data_object_id where o.connection_id <> s.connection_id`,
  ),
  strays(
    'data_object',
    'an object lies below one of its own connection',
    `'the object above it is of another connection'`,
    `select 'data object ' || o.id as subject from data_object o join data_object p on p.id = o.parent_id where p.connection_id <> o.connection_id`,
  ),
  strays(
    'container_object',
    'a container holds sources of its own connection',
    `'the source is of another connection'`,
    `select 'source ' || c.data_source_id || ' in ' || c.target_id as subject from container_object c join data_source s on s.id = c.data_source_id
      where s.connection_id <> c.connection_id`,
  ),
  strays(
    'container',
    'the container of an asset is on the connection of its object',
    `'the object is of another connection'`,
    `select 'container ' || c.number as subject from container c join data_object o on o.id = c.target_id where c.kind = 'as' and o.connection_id <> c.connection_id`,
  ),
  strays(
    'source_protection',
    'a view stands on the connection of its source',
    `'the source is of another connection'`,
    `select 'source ' || p.data_source_id as subject from source_protection p join data_source s on s.id = p.data_source_id where s.connection_id <> p.connection_id`,
  ),
  strays(
    'determination',
    'a determination is about the target of its request',
    `'it names another target'`,
    `select 'determination ' || d.id as subject from determination d join access_request r on r.id = d.access_request_id where d.target_id is distinct from r.target_id`,
  ),
  strays(
    'determination',
    'a determination decides records of its own request',
    `'a record of another request is among them'`,
    `select 'determination ' || d.id as subject from determination d join approval_record a on a.id = any(d.record_ids) where a.access_request_id <> d.access_request_id`,
  ),
  strays(
    'policy',
    'a policy of a domain names its domain, and one of a source its source',
    `'its scope names nothing, or something else'`,
    `select 'policy ' || p.policy_key as subject from policy p where p.deleted_at is null and p.state = 'active'
      and ((p.scope = 'domain') <> (p.domain_id is not null))`,
  ),
  strays(
    'exception_column',
    'a masking exception is about columns of what was asked for',
    `'the source is not one of its target'`,
    `select 'request ' || x.access_request_id as subject from exception_column x join access_request r on r.id = x.access_request_id
      where x.ended_at is null and r.status = 'APPROVED' and r.data_product_id is not null and not exists (select from data_product_source s
        where s.data_product_id = r.data_product_id and s.data_source_id = x.data_source_id)`,
  ),
];

/** I14, in what is stored. What is answered to whom is judged call by call in the tests of the product. */
export async function checkIsolation(tx: Tx): Promise<Checked> {
  const rows = `select ((select count(*) from data_source) + (select count(*) from data_object) + (select count(*) from container_object)
    + (select count(*) from determination))::int as n`;
  return askRows(tx, 'I14', { rows, questions: isolation });
}

/** I15, as long as the answers are kept: what was answered to a call with a key is there, once. */
export const checkIdempotency = (tx: Tx): Promise<Checked> =>
  askRows(tx, 'I15', {
    rows: 'select count(*)::int as n from idempotency_key',
    questions: [
      {
        direction: 'missing',
        expected: 'the request that was answered to a call with a key is there, and of the caller',
        where: 'idempotency_key',
        next,
        query: `select 'key ' || k.key as subject, 'request ' || (k.body ->> 'id') || ' is not there' as found, k.created_at as since, null::text as request
          from idempotency_key k where k.status = 201 and k.operation_id in ('requestAccess', 'requestAsset', 'requestMaskingException', 'extendAccessRequest')
            and k.body ? 'id' and not exists (select from access_request r where r.id = k.body ->> 'id' and r.requesting_user = k.global_user_id)`,
      },
      {
        direction: 'extra',
        expected: 'one call has one effect: its request was asked for once',
        where: 'audit_event',
        next,
        query: `select 'request ' || t.id as subject, count(*) || ' audit events of its asking' as found, min(a.event_timestamp) as since, t.id as request
          from audit_event a cross join lateral (select a.targets -> 0 ->> 'id' as id) t where a.action = 'AccessRequested' and a.action_status = 'SUCCESS'
          group by t.id having count(*) > 1`,
      },
    ],
  });

type Table = { schema: string; name: string; readable: boolean };

/** I13: none of the secrets of a list stands in clear in any row, nor in the bytes that rows are made of. */
export async function checkSecrets(tx: Tx, { canaries }: StoredAsk): Promise<Omit<Checked, 'invariant'>> {
  const why = '--canaries names a file with secrets to look for, one a line';
  if (canaries === undefined) return { ...noneOf([{ what: 'all of it', why }]), isNotAsked: true };
  const secrets = [...new Set(canaries.split('\n').map((line) => line.trim()))].filter((line) => line !== '');
  const forms = secrets.flatMap((secret) => [
    secret,
    Buffer.from(secret).toString('hex'),
    Buffer.from(secret).toString('base64'),
  ]);
  const { rows: tables } = await sql<Table>`
    select n.nspname as schema, c.relname as name, has_table_privilege(c.oid, 'SELECT') as readable
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1, 2`.execute(
    tx,
  );
  const findings: Finding[] = [];
  for (const { schema, name } of tables.filter(({ readable }) => readable)) {
    const { rows } = await sql<{ n: number; which: number }>`
      select count(*)::int as n, min(f.at)::int as which from ${sql.id(schema, name)} t join unnest(${forms}::text[]) with ordinality f (form, at)
        on position(f.form in t::text) > 0 having count(*) > 0`.execute(tx);
    findings.push(...rows.map(({ n, which }) => clear(`${schema}.${name}`, n, Math.ceil(which / 3))));
  }
  const closed = tables.filter(({ readable }) => !readable).map(({ schema, name }) => `${schema}.${name}`);
  return {
    rows: tables.length - closed.length,
    findings,
    unchecked: closed.map((what) => ({ what, why: 'the application may not read it' })),
    notes: ['logs, dumps and crash output are files: search them for the same list'],
  };
}

const clear = (where: string, n: number, which: number): Finding => ({
  invariant: 'I13',
  direction: 'extra',
  subject: `canary ${which} of the list`,
  expected: 'no secret stands in clear',
  found: `it stands in ${n} rows`,
  where,
  since: null,
  next: 'Treat the secret as lost: change it, and find out which call wrote it there.',
});
