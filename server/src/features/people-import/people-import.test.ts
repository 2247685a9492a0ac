import { getCurrentUser } from '@stoa/contract/auth';
import { csvOf } from '@stoa/contract/csv';
import { createGroup, readGroup, setGroupMembers } from '@stoa/contract/group';
import { importColumns, importPeople, type ImportKind } from '@stoa/contract/people-import';
import { listUsers, updateUser } from '@stoa/contract/user';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hostileTexts } from '../../hard/hostile.fixture.ts';
import { fingerprint, whatChanged } from '../../hard/table-fingerprint.fixture.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';

let server: TestServer;
let admin: TestPerson;
let ann: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  admin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  ann = await server.person({ username: 'ann' });
  await admin.call(createGroup, { body: { name: 'Finance' } });
});
afterAll(() => server.stop());

const send = (kind: ImportKind, csv: string, dryRun = false, digest?: string) =>
  admin.call(importPeople, { params: { kind }, query: { dryRun }, body: { csv, ...(digest ? { digest } : {}) } });
const auditCount = async (action: string): Promise<number> => {
  const { rows } = await sql<{ n: number }>`select count(*) as n from audit_event where action = ${action}`.execute(
    server.deps.db,
  );
  return rows[0]?.n ?? 0;
};

test('files are read from user admins alone, and of known kinds', async () => {
  const input = { params: { kind: 'groups' as const }, body: { csv: 'name\nX' } };
  expect((await server.nobody.call(importPeople, input)).status).toBe(401);
  expect((await ann.call(importPeople, input)).status).toBe(403);
  expect((await admin.send('POST', '/api/import/cats', { csv: 'name\nX' })).status).toBe(404);
});

test('a trial tells row by row what would become of it, and writes nothing', async () => {
  const csv = [
    'Username;Name;E-Mail;status'.replace('E-Mail', 'email'),
    'ann;Ann Other;;',
    'new.one;"Nora; One";nora@example.com;',
    'new.two;No Mail;;',
    'bad one;B;b@example.com;',
    'ann;;;',
    'ann;Somebody else;;',
    'other;O;not an address;',
    'other2;O;o@example.com;gone',
    ';;;',
  ].join('\r\n');
  const before = await fingerprint(server.deps.db);
  const tried = await send('users', `\uFEFF${csv}`, true);
  expect(tried).toMatchObject({ status: 200, body: { dryRun: true, peopleCount: 2 } });
  expect(tried.body.counts).toEqual({ created: 1, changed: 1, removed: 0, unchanged: 0, refused: 6 });
  expect(tried.body.rows.map(({ line, outcome, column }) => [line, outcome, column])).toEqual([
    [2, 'changed', undefined],
    [3, 'created', undefined],
    [4, 'refused', 'email'],
    [5, 'refused', 'username'],
    [6, 'refused', 'username'],
    [7, 'refused', 'username'],
    [8, 'refused', 'email'],
    [9, 'refused', 'status'],
  ]);
  expect(tried.body.rows[0]?.changes).toEqual([{ column: 'name', before: 'ann', after: 'Ann Other' }]);
  expect(tried.body.rows[7]?.reason).toBe('The cell may say active or disabled.');
  const applied = await send('users', csv);
  expect(applied).toMatchObject({ status: 422, body: { code: 'import.refused', counts: { refused: 6 } } });
  expect(whatChanged(before, await fingerprint(server.deps.db))).toEqual([]);
  expect(await auditCount('PeopleImported')).toBe(0);
});

test('a file is applied as a whole, and a second time it changes nothing', async () => {
  const people = 'username,name,email\nxa,Buyer A,xa@example.com\nxb,Buyer B,xb@example.com\n';
  const tried = await send('users', people, true);
  const applied = await send('users', people, false, tried.body.digest);
  expect(applied).toMatchObject({ status: 200, body: { counts: { created: 2 }, dryRun: false } });
  expect(await auditCount('UserCreated')).toBe(2);
  expect((await send('groups', 'name,email\nBuyers,buyers@example.com\nFinance,')).body.counts).toMatchObject({
    created: 1,
    unchanged: 1,
  });
  const members = 'group,username\nbuyers,XA\nBuyers,xb\nBuyers,xb\n';
  expect((await send('members', members)).body.counts).toMatchObject({ created: 2, unchanged: 1 });
  const attributes = 'type,principal,name,value\nuser,xa,country,SE\ngroup,Buyers,department,Buying\n';
  expect((await send('attributes', attributes)).body).toMatchObject({ counts: { created: 2 }, peopleCount: 2 });
  const events = await auditCount('PeopleImported');
  for (const [kind, csv] of [
    ['users', people],
    ['members', members],
    ['attributes', attributes],
  ] as const) {
    const again = await send(kind, csv);
    expect(again.body.counts, kind).toMatchObject({ created: 0, changed: 0, removed: 0, refused: 0 });
  }
  expect(await auditCount('PeopleImported')).toBe(events);
  const changed = await send('users', people, false, tried.body.digest);
  expect(changed).toMatchObject({ status: 409, body: { code: 'import.changed' } });
  const found = await admin.call(listUsers, { query: { searchText: 'Buyer A' } });
  expect(found.body.data[0]).toMatchObject({ groups: [{ name: 'Buyers' }], attributes: { country: ['SE'] } });
  const removing = 'group,username,action\nBuyers,xa,remove\n';
  expect((await send('members', removing)).body.counts).toMatchObject({ removed: 1 });
  expect((await send('members', removing)).body.counts).toMatchObject({ removed: 0, unchanged: 1 });
  const taken = await send('attributes', 'type,principal,name,value,action\nuser,xa,country,SE,remove\n');
  expect(taken.body.counts).toMatchObject({ removed: 1 });
});

test('a name is one name however it is written', async () => {
  const groups = await send('groups', 'name\nStraße\nSTRASSE\n');
  expect(groups.body.counts).toMatchObject({ created: 1, unchanged: 1 });
  expect((await send('groups', 'name\nＳtrasse\n')).body.counts).toMatchObject({ created: 0, unchanged: 1 });
  const people = (username: string) => send('users', `username,name,email\n${username},Gro,gro@example.com\n`);
  expect((await people('groß')).body.counts).toMatchObject({ created: 1 });
  expect((await people('GROSS')).body.counts).toMatchObject({ created: 0, unchanged: 1 });
});

test('nobody names themself: not as a member, not by an attribute, not by one of a group that they are in', async () => {
  const own = await admin.call(createGroup, { body: { name: 'Own' } });
  const other = await server.person({ username: 'otheradmin', permissions: ['USER_ADMIN'] });
  const body = { globalUserIds: [admin.globalUserId] };
  await other.call(setGroupMembers, { params: { id: own.body.id }, body });
  for (const [kind, csv] of [
    ['members', 'group,username\nFinance,useradmin'],
    ['members', 'group,username,action\nOwn,useradmin,remove'],
    ['attributes', 'type,principal,name,value\nuser,useradmin,country,SE'],
    ['attributes', 'type,principal,name,value\ngroup,Own,country,SE'],
  ] as const) {
    const tried = await send(kind, csv, true);
    expect(tried.body.rows[0], csv).toMatchObject({
      outcome: 'refused',
      reason: 'Nobody changes their own permissions, groups or attributes.',
    });
  }
  const mine = await send('users', 'username,name\nuseradmin,Una');
  expect(mine.body.counts).toMatchObject({ changed: 1 });
});

test('what is not there, and what is reserved, is refused with the cell that names it', async () => {
  const members = await send('members', 'group,username\nNone,ann\nFinance,nobody.at.all', true);
  expect(members.body.rows.map((row) => row.column)).toEqual(['group', 'username']);
  const attributes = await send(
    'attributes',
    `type,principal,name,value\nuser,nobody.at.all,a,b\nuser,ann,Stoa x,b\nrole,ann,a,b\nuser,ann,a,${'v'.repeat(256)}`,
    true,
  );
  expect(attributes.body.rows.map((row) => row.column)).toEqual(['principal', 'name', 'type', 'value']);
});

test('a file that is no such table is refused as a whole, with the line', async () => {
  for (const [csv, detail] of [
    ['username,nam\nx,y', /column "nam"/],
    ['name\nx', /column username is missing/],
    ['username,username\nx,y', /stands twice/],
    ['username\n\n', /no row/],
    ['username\n"x', /Line 2: A quote/],
    [`username\n${'u\n'.repeat(10_001)}`, /10001 rows/],
  ] as const) {
    const refused = await send('users', csv, true);
    expect(refused.body, csv.slice(0, 40)).toMatchObject({ status: 422, code: 'import.unreadable' });
    expect((refused.body as unknown as { detail: string }).detail).toMatch(detail);
  }
  expect((await send('users', 'username\n\0', true)).status).toBe(400);
});

test('formulas are kept as the text that they are, and what we wrote ourselves is read back', async () => {
  const name = '=HYPERLINK("https://evil.example")';
  const file = csvOf([
    ['username', 'name', 'email'],
    ['formula', name, 'f@example.com'],
  ]);
  await send('users', file);
  const found = await admin.call(listUsers, { query: { searchText: 'formula' } });
  expect(found.body.data[0]?.name).toBe(name);
});

test('whose address a file changes is told, and nobody else', async () => {
  await send('users', 'username,name,email\nma,Mail A,ma@example.com\nmb,Mail B,mb@example.com\n');
  const changed = await send('users', 'username,name,email\nma,Mail A,other@example.com\nmb,Mail C,mb@example.com\n');
  expect(changed.body.counts).toMatchObject({ changed: 2 });
  const { rows } = await sql<{ name: string; data: unknown }>`
    select u.name, e.data from event e join app_user u on u.global_user_id::text = e.target_id::text
    where e.type = 'stoa.user.login_changed'`.execute(server.deps.db);
  expect(rows).toMatchObject([{ name: 'Mail A', data: { changed: ['email'] } }]);
});

test('two files at once leave one of each account', async () => {
  const csv = `username,name,email\n${Array.from({ length: 50 }, (_, n) => `race${n},R,r@example.com`).join('\n')}`;
  const both = await Promise.all([send('users', csv), send('users', csv), send('users', csv)]);
  for (const one of both) expect([200, 409]).toContain(one.status);
  expect(both.filter((one) => one.status === 200 && one.body.counts.created === 50)).toHaveLength(1);
  const found = await admin.call(listUsers, { query: { searchText: 'race', limit: 100 } });
  expect(found.body.meta.totalCount).toBe(50);
});

test('disabling by a file ends the session, and never leaves nobody to manage users', async () => {
  expect((await ann.call(getCurrentUser)).status).toBe(200);
  expect((await send('users', 'username,status\nann,disabled')).body.counts).toMatchObject({ changed: 1 });
  expect((await ann.call(getCurrentUser)).status).toBe(401);
  const all = await send('users', 'username,status\nuseradmin,disabled\notheradmin,disabled');
  expect(all).toMatchObject({ status: 422, body: { code: 'import.refused', counts: { refused: 2 } } });
  const back = await admin.call(updateUser, { params: { globalUserId: ann.globalUserId }, body: { status: 'active' } });
  expect(back.status).toBe(200);
});

test('thousands of members are applied in one commit', async () => {
  const rows = Array.from({ length: 3_000 }, (_, n) => `many${n},Many ${n},many@example.com`);
  expect((await send('users', `username,name,email\n${rows.join('\n')}`)).body.counts.created).toBe(3_000);
  await admin.call(createGroup, { body: { name: 'Many' } });
  const members = Array.from({ length: 3_000 }, (_, n) => `Many,many${n}`);
  const answer = await send('members', `group,username\n${members.join('\n')}`);
  expect(answer.body.counts.created).toBe(3_000);
  const { rows: groups } = await sql<{ id: number }>`select id from user_group where name = 'Many'`.execute(
    server.deps.db,
  );
  const read = await admin.call(readGroup, { params: { id: groups[0]?.id ?? 0 } });
  expect(read.body.memberCount).toBe(3_000);
});

test('no text in any cell of any kind makes more of the file than a table, or fails', async () => {
  const texts = hostileTexts.filter((one) => one.length < 1_000 && !/[\0\p{Surrogate}]/u.test(one));
  for (const kind of ['users', 'groups', 'members', 'attributes'] as const) {
    const { required, optional } = importColumns[kind];
    const header = [...required, ...optional];
    const rows = texts.flatMap((text) =>
      header.map((_, at) => header.map((name, place) => (place === at ? text : name))),
    );
    const csv = csvOf([header, ...rows]);
    const tried = await send(kind, csv, true);
    expect(tried.status, kind).toBe(200);
    const { refused } = tried.body.counts;
    expect((await send(kind, csv)).status, kind).toBe(refused > 0 ? 422 : 200);
  }
});
