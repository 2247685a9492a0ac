import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectionString, dropDatabase, uniqueName } from '../../testing/postgres.ts';
import { sampleAccounts } from '../accounts.ts';
import { longestName, longestNonAsciiName } from './awkward.ts';
import { createWarehouse } from './create-warehouse.ts';
import { identifyWarehouse } from './identify-warehouse.fixture.ts';
import { directGrants, legacyReport, sampleLogins } from './logins.ts';
import { sampleProducts } from './products.ts';

const readme = readFileSync(join(import.meta.dirname, '../../../../README.md'), 'utf8');
const whole = uniqueName('warehouse');
const connector = { user: uniqueName('connector'), password: 'a password with \'quotes\' and "more"' };
let seconds = 0;

beforeAll(async () => {
  const start = performance.now();
  await createWarehouse(connectionString('postgres'), { connector, database: whole });
  seconds = (performance.now() - start) / 1000;
});

afterAll(async () => {
  await dropDatabase(whole);
});

async function read<Row extends pg.QueryResultRow>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

const listObjects = `select c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname) as path, c.relname as name, n.nspname as schema,
    c.relkind as kind, obj_description(c.oid, 'pg_class') as comment
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'v') and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema' order by 2`;

type Listed = { oid: number; path: string; name: string; schema: string; kind: string; comment: string | null };

/** One number per database that changes when any value of any row changes. */
async function fingerprint(database: string): Promise<string> {
  const objects = await read<Listed>(connectionString(database), listObjects);
  const sums = objects.map(
    ({ path }) =>
      `select ${pg.escapeLiteral(path)} as p, sum(hashtextextended(t::text, 0)::numeric) as s from ${path} t`,
  );
  const rows = await read<{ p: string; s: string }>(
    connectionString(database),
    `${sums.join(' union all ')} order by 1`,
  );
  return JSON.stringify(rows);
}

/** Every column that a run with the built-in identifiers tags, and with what. Whatever else is there holds nothing of the kind. */
const personalData: Readonly<Record<string, readonly string[]>> = {
  'finance.payment_cards.card_number': ['CREDIT_CARD_NUMBER'],
  'finance.vendors.iban': ['IBAN'],
  'hr.bank_accounts.iban': ['IBAN'],
  'hr.emergency_contacts.phone': ['PHONE_NUMBER'],
  'hr.employees.date_of_birth': ['DATE_OF_BIRTH'],
  'hr.employees.first_name': ['PERSON_NAME'],
  'hr.employees.last_name': ['PERSON_NAME'],
  'hr.employees.national_id': ['GERMANY_TAX_ID'],
  'hr.employees.private_phone': ['PHONE_NUMBER'],
  'hr.employees.work_email': ['EMAIL_ADDRESS'],
  'hr.staff_directory.first_name': ['PERSON_NAME'],
  'hr.staff_directory.last_name': ['PERSON_NAME'],
  'hr.staff_directory.work_email': ['EMAIL_ADDRESS'],
  'sales.customer_addresses.postal_code': ['POSTAL_ADDRESS'],
  'sales.customer_addresses.street': ['POSTAL_ADDRESS'],
  'sales.customer_overview.email': ['EMAIL_ADDRESS'],
  'sales.customer_overview.first_name': ['PERSON_NAME'],
  'sales.customer_overview.last_name': ['PERSON_NAME'],
  'sales.customers.date_of_birth': ['DATE_OF_BIRTH'],
  'sales.customers.email': ['EMAIL_ADDRESS'],
  'sales.customers.first_name': ['PERSON_NAME'],
  'sales.customers.last_name': ['PERSON_NAME'],
  'sales.customers.phone': ['PHONE_NUMBER'],
  'web.sessions.ip_address': ['IP_ADDRESS'],
  'Weekly "Top" Numbers.Sellers "above" 100 %.Seller\'s "nickname"': ['PERSON_NAME'],
  'Weekly "Top" Numbers.Top 10 "Sellers".Seller\'s "nickname"': ['PERSON_NAME'],
  'Über uns.Ansprechpartner:innen.E-Mail?': ['EMAIL_ADDRESS'],
  'Über uns.Ansprechpartner:innen.Vor- und Nachname': ['PERSON_NAME'],
  'Über uns.客户.电话': ['PHONE_NUMBER'],
};

test('everybody of the sample has a login whom the README gives one', () => {
  const without = sampleAccounts.filter(({ username }) => !Object.hasOwn(sampleLogins, username));
  expect(without.map(({ username }) => username)).toEqual(['useradmin', 'appadmin']);
  expect(readme).toContain('All of them but the two admins have logins of their own on the warehouse');
  for (const [login, password] of Object.entries(sampleLogins).slice(0, 3))
    expect(readme).toContain(`\`${login}\` / \`${password}\``);
});

describe('the sample warehouse', () => {
  test('looks like a company: schemas, tables and views, rows, comments, made in good time', async () => {
    const url = connectionString(whole);
    const objects = await read<Listed>(url, listObjects);
    expect(new Set(objects.map(({ schema }) => schema)).size).toBeGreaterThanOrEqual(8);
    expect(objects.length).toBeGreaterThanOrEqual(45);
    expect(objects.filter(({ kind }) => kind === 'v').length).toBeGreaterThanOrEqual(8);
    const counts = objects.filter(({ kind }) => kind === 'r').map(({ path }) => `(select count(*) from ${path})`);
    const [total] = await read<{ rows: string }>(url, `select ${counts.join(' + ')} as rows`);
    expect(Number(total?.rows)).toBeGreaterThanOrEqual(500_000);
    expect(objects.filter(({ comment }) => comment === null || comment === '').length).toBeLessThanOrEqual(1);
    expect(seconds).toBeLessThan(60);
    const rows = (Math.round(Number(total?.rows) / 1_000) * 1_000).toLocaleString('en-US');
    expect(readme).toContain(`(${objects.length} tables and views, ${rows} rows)`);
  });

  test('holds personal data that identification finds, and nothing that it takes for such', async () => {
    const { hostname, port } = new URL(connectionString(whole));
    const config = { host: hostname, port: Number(port), database: whole, tls: 'disable' };
    const credentials = { username: connector.user, password: connector.password };
    expect(await identifyWarehouse(config, credentials)).toEqual(personalData);
  });

  test('has names that are exactly as long as PostgreSQL allows', async () => {
    expect(Buffer.byteLength(longestName)).toBe(63);
    expect(Buffer.byteLength(longestNonAsciiName)).toBe(63);
    const sql =
      'select attname as name from pg_attribute where attname = $1 union select relname from pg_class where relname = $2';
    expect(await read(connectionString(whole), sql, [longestNonAsciiName, longestName])).toHaveLength(2);
  });

  test('comes out the same each time', async () => {
    const names = [uniqueName('again'), uniqueName('again')];
    for (const database of names) {
      await createWarehouse(connectionString('postgres'), { connector, database, scale: 0.02 });
    }
    const [one, two] = await Promise.all(names.map(fingerprint));
    expect(one).toBe(two);
    await Promise.all(names.map(dropDatabase));
  });

  test('lets the sample logins in, and shows them nothing but what was granted by hand', async () => {
    const objects = await read<Listed>(connectionString(whole), listObjects);
    for (const [user, password] of Object.entries(sampleLogins)) {
      const url = connectionString(whole, { user, password });
      const [row] = await read<{ readable: string[] | null }>(
        url,
        `select array_agg(c.oid::regclass::text) as readable from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where c.oid = any($1) and has_schema_privilege(n.oid, 'usage') and has_any_column_privilege(c.oid, 'select')`,
        [objects.map(({ oid }) => oid)],
      );
      const granted = directGrants
        .filter((grant) => grant.user === user)
        .map(({ schema, table }) => `${schema}.${table}`);
      expect(row?.readable ?? []).toEqual(granted);
    }
    const consumer = connectionString(whole, { user: 'consumer', password: sampleLogins.consumer });
    await expect(read(consumer, 'select * from sales.customers limit 1')).rejects.toMatchObject({ code: '42501' });
    await expect(read(consumer, 'create table public.mine (a int)')).rejects.toMatchObject({ code: '42501' });
    const legacy = connectionString(whole, legacyReport);
    expect(await read(legacy, 'select 1 from finance.invoices limit 1')).toHaveLength(1);
  });

  test('gives the connector what approvals need and nothing more', async () => {
    const url = connectionString(whole, connector);
    const container = uniqueName('stoa_dp');
    await read(url, `create role ${container}`);
    await read(url, `grant usage on schema sales to ${container}`);
    await read(url, `grant select on sales.customers to ${container}`);
    await read(url, `grant ${container} to consumer with inherit true, set false`);
    const consumer = connectionString(whole, { user: 'consumer', password: sampleLogins.consumer });
    expect(await read(consumer, 'select 1 from sales.customers limit 1')).toHaveLength(1);
    await read(url, `revoke ${container} from consumer`);
    await expect(read(consumer, 'select 1 from sales.customers limit 1')).rejects.toMatchObject({ code: '42501' });
    await read(url, `revoke select on sales.customers from ${container}`);
    await read(url, `revoke usage on schema sales from ${container}`);
    await read(url, `drop role ${container}`);
    await read(url, 'create table stoa.probe (a int)');
    await expect(read(url, 'delete from sales.customers')).rejects.toMatchObject({ code: '42501' });
    await read(
      connectionString(whole),
      'set role warehouse_owner; create schema later; create table later.added as select 1 as a; reset role',
    );
    expect(await read(url, 'select a from later.added')).toEqual([{ a: 1 }]);
  });

  test('holds every object that the sample products name', async () => {
    const paths = (await read<Listed>(connectionString(whole), listObjects)).map(
      ({ schema, name }) => `${schema}.${name}`,
    );
    for (const { schema, objects } of sampleProducts) {
      expect(paths).toEqual(expect.arrayContaining(objects.map((name) => `${schema}.${name}`)));
    }
  });

  test('is left alone when it is there already', async () => {
    const start = performance.now();
    await createWarehouse(connectionString('postgres'), { connector, database: whole });
    expect(performance.now() - start).toBeLessThan(seconds * 100);
  });
});
