import { createToken } from '@stoa/contract/auth';
import { createDomain } from '@stoa/contract/domain';
import { changeTags, listTagApplications } from '@stoa/contract/tag';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askedId, decide, makeProduct, reviewBy, user } from '../features/access-request/requests.fixture.ts';
import { startTestServer, type TestServer } from '../testing/app.ts';
import type { TestPerson } from '../testing/people.ts';

let server: TestServer;
let governor: TestPerson;
let consumer: TestPerson;
beforeAll(async () => {
  server = await startTestServer();
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  consumer = await server.person({ username: 'consumer' });
});
afterAll(() => server.stop());

test('who may not is sent to somebody only where somebody is named', async () => {
  const named = await consumer.call(createDomain, { body: { name: 'Mine' } });
  expect(named).toMatchObject({
    status: 403,
    body: {
      detail: 'You need Governance. A user admin can grant Governance.',
      next: 'Ask the person named in detail for the permission.',
    },
  });
  const steward = await server.person({ username: 'steward' });
  const id = await askedId(consumer, await makeProduct(server, governor, { flow: reviewBy({ any: [user(steward)] }) }));
  expect(await decide(governor, id, 'APPROVED')).toMatchObject({
    status: 403,
    body: { code: 'permission.denied', next: 'See detail for why, and leave it to somebody who may.' },
  });
});

test('members are to be corrected where they are named; else what detail says', async () => {
  const deep = '['.repeat(40) + ']'.repeat(40);
  for (const body of ['{', '{"name":"a","name":"b"}', deep]) {
    const answer = await governor.send('POST', '/api/domain', body);
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'request.malformed', next: 'Correct what detail says and send it again.' },
    });
    expect(answer.body).not.toHaveProperty('errors');
  }
  const next = 'Correct the members named in errors and send it again.';
  const of = (path: string) => ({ status: 400, body: { code: 'request.malformed', next, errors: [{ path }] } });
  expect(await governor.send('POST', '/api/domain', { name: 'a', description: 'b\u0000' })).toMatchObject(
    of('body.description'),
  );
  expect(await governor.send('POST', '/api/domain', '{"name":"\\ud800"}')).toMatchObject(of('body.name'));
  expect(await governor.send('GET', '/api/domain?searchText=%00')).toMatchObject(of('query.searchText'));
  const past = { description: 'x', expirationDate: '2001-01-01T00:00:00Z' };
  expect(await governor.call(createToken, { body: past })).toMatchObject(of('body.expirationDate'));
  expect(await governor.call(listTagApplications, { query: {} })).toMatchObject(of('query'));
  expect(await governor.send('POST', '/api/metadata/tags/applied/search', {})).toMatchObject(of('body'));
  const untargeted = { targets: {}, add: [], remove: [] };
  expect(await governor.send('POST', changeTags.path, untargeted)).toMatchObject({ status: 400, body: { next } });
});
