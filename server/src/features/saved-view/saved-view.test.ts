import { deleteSavedView, listSavedViews, savedViewsAtMost, saveView } from '@stoa/contract/saved-view';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestPerson, type TestServer } from '../../testing/app.ts';

let server: TestServer;
let steward: TestPerson;
let other: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  steward = await server.person({ username: 'steward' });
  other = await server.person({ username: 'other' });
});
afterAll(() => server.stop());

const save = (name: string, search: string, { who = steward, list = 'reviews' as const } = {}) =>
  who.call(saveView, { body: { list, name, search } });
const read = async (who = steward, list: 'reviews' | 'audit' = 'reviews') =>
  (await who.call(listSavedViews, { query: { list } })).body.data.map(({ name, search }) => `${name}: ${search}`);

test('a view comes back as it was saved, to its owner alone, on its list alone, by name', async () => {
  const search = 'status=PENDING&status=DENIED&searchText=Gr%C3%B6%C3%9Fe+%26+%22mehr%22';
  expect(await save('Later', 'view=later')).toMatchObject({ status: 200, body: { list: 'reviews', name: 'Later' } });
  await save('  my   claims ', search);
  await save('Mine', 'view=all', { who: other });
  expect(await read()).toEqual(['Later: view=later', `my claims: ${search}`]);
  expect(await read(steward, 'audit')).toEqual([]);
  expect((await server.nobody.call(listSavedViews, { query: { list: 'reviews' } })).status).toBe(401);
});

test('saving under a name that is there, in whatever case, replaces that view, also twice at once', async () => {
  const first = (await save('MY CLAIMS', 'type=DATA_ACCESS')).body;
  const both = await Promise.all(['role=steward', 'role=manager'].map((search) => save('My Claims', search)));
  expect(both.map(({ status, body }) => [status, body.id])).toEqual([
    [200, first.id],
    [200, first.id],
  ]);
  expect(await read()).toEqual(['Later: view=later', expect.stringMatching(/^My Claims: role=(steward|manager)$/)]);
});

test('what is no view is refused with its place', async () => {
  for (const body of [
    { name: '  ' },
    { name: 'x'.repeat(81) },
    { list: 'people' },
    { search: 'a\nb' },
    { search: 'x'.repeat(2_001) },
  ]) {
    const answer = await steward.send('PUT', '/api/saved-view', { list: 'reviews', name: 'n', search: '', ...body });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: `body.${Object.keys(body)[0]}` }] } });
  }
  expect((await steward.send('GET', '/api/saved-view')).status).toBe(400);
});

test('there are fifty of a list at most, also of two saved at once; one in the place of another is no more', async () => {
  const there = (await read()).length;
  for (let n = there; n < savedViewsAtMost - 1; n++) await save(`View ${n}`, '');
  const answers = await Promise.all([save('One', 'x=1'), save('Another', 'x=2')]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(await save('One more', '')).toMatchObject({ status: 409, body: { code: 'saved_view.too_many' } });
  expect((await save('later', 'view=pending')).status).toBe(200);
  expect(await read()).toHaveLength(savedViewsAtMost);
  expect((await steward.call(saveView, { body: { list: 'audit', name: 'Expiries', search: '' } })).status).toBe(200);
});

test('a view is forgotten once, by its owner', async () => {
  const { id } = (await save('Later', '')).body;
  const forget = (who: TestPerson) => who.call(deleteSavedView, { params: { id } });
  expect((await forget(other)).status).toBe(404);
  expect((await forget(steward)).status).toBe(204);
  expect((await forget(steward)).status).toBe(404);
  expect(await read()).toHaveLength(savedViewsAtMost - 1);
});
