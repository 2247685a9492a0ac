import { sql } from 'kysely';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { callerOf, type TestPerson } from '../../testing/people.ts';
import { cancelAccessRequest } from '@stoa/contract/access-request';
import { askedId, decide, makeContainer, makeProduct, type Product, reviewBy, user } from './requests.fixture.ts';

/** Rounds per race; the nightly run sets 1000. */
const rounds = Number(process.env['STOA_RACE_ROUNDS'] ?? 200);

let first: TestServer;
let second: TestServer;
let consumer: TestPerson;
let steward: TestPerson;
let steward2: TestPerson;
/** The second steward, by way of the second server. */
let steward2Elsewhere: TestPerson;

beforeAll(async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'stoa-race-'));
  first = await startTestServer({ dataDir, env: { STOA_REQUESTS_PER_HOUR: '1000000' } });
  second = await startTestServer({ dataDir, databaseUrl: first.databaseUrl });
  consumer = await first.person({ username: 'consumer' });
  steward = await first.person({ username: 'steward' });
  steward2 = await first.person({ username: 'steward2' });
  steward2Elsewhere = { ...steward2, ...callerOf(second.url, steward2.token) };
});
afterAll(async () => {
  await second.stop();
  await first.stop();
});

const finals = async (id: string): Promise<{ final: number; all: number; status: string; audit: number }> => {
  const { rows } = await sql<{ final: number; all: number; status: string; audit: number }>`
    select r.status, (select count(*) from determination d where d.access_request_id = r.id) as all,
      (select count(*) from determination d where d.access_request_id = r.id and d.is_final) as final,
      (select count(*) from audit_event e where e.action = 'ApprovalRecordDecided' and e.targets @> jsonb_build_array(jsonb_build_object('id', r.id))) as audit
    from access_request r where r.id = ${id}`.execute(first.deps.db);
  const row = rows[0];
  if (row === undefined) throw new Error('the request is gone');
  return row;
};

const finish = (id: string) =>
  sql`update access_request set status = 'REVOKED' where id = ${id} and status = 'APPROVED'`.execute(first.deps.db);

describe('two servers on one database', () => {
  it(`settle who decides an any-stage, ${rounds} times`, async () => {
    const product: Product = await makeProduct(first, steward, {
      flow: reviewBy({ any: [user(steward), user(steward2)] }),
    });
    await makeContainer(first, product.id);
    for (let round = 0; round < rounds; round += 1) {
      const id = await askedId(consumer, product);
      const answers = await Promise.all([
        decide(steward, id, 'APPROVED'),
        decide(steward2Elsewhere, id, round % 2 ? 'DENIED' : 'APPROVED'),
      ]);
      const loser = answers.find((a) => a.status === 409);
      expect(answers.map((a) => a.status).toSorted()).toEqual([200, 409]);
      const winner = answers.find((a) => a.status === 200);
      expect(loser?.body).toMatchObject({
        code: 'approval_record.already_decided',
        record: { status: winner?.body.status },
      });
      expect(await finals(id)).toEqual({ status: winner?.body.status, final: 1, all: 1, audit: 1 });
      await finish(id);
    }
  }, 600_000);

  it(`never lose the last approval of an all-stage, ${rounds} times`, async () => {
    const product = await makeProduct(first, steward, { flow: reviewBy({ all: [user(steward), user(steward2)] }) });
    for (let round = 0; round < rounds; round += 1) {
      const id = await askedId(consumer, product);
      const answers = await Promise.all([decide(steward, id, 'APPROVED'), decide(steward2Elsewhere, id, 'APPROVED')]);
      expect(answers.map((a) => a.status)).toEqual([200, 200]);
      expect(answers.map((a) => a.body.status).toSorted()).toEqual(['APPROVED', 'PENDING']);
      expect(await finals(id)).toEqual({ status: 'APPROVED', final: 1, all: 2, audit: 2 });
      await finish(id);
    }
  }, 600_000);

  it(`settle an approval against a cancellation, ${Math.ceil(rounds / 4)} times`, async () => {
    const product = await makeProduct(first, steward, { flow: reviewBy({ any: [user(steward2)] }) });
    for (let round = 0; round < rounds / 4; round += 1) {
      const id = await askedId(consumer, product);
      const [decided, canceled] = await Promise.all([
        decide(steward2Elsewhere, id, 'APPROVED'),
        consumer.call(cancelAccessRequest, { params: { id } }),
      ]);
      expect([decided.status, canceled.status].toSorted()).toEqual(decided.status === 200 ? [200, 409] : [204, 409]);
      expect((await finals(id)).status).toBe(decided.status === 200 ? 'APPROVED' : 'CANCELED');
      await finish(id);
    }
  }, 600_000);
});
