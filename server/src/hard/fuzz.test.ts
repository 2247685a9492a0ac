import type { Operation } from '@stoa/contract/operation';
import { operations } from '@stoa/contract/operations';
import { speaksScim } from '@stoa/contract/scim-path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../routes.ts';
import { startTestServer, type TestPerson, type TestServer } from '../testing/app.ts';
import { callsOf } from './fuzz-calls.fixture.ts';
import { openFuzzedDirectory, readIds, stock } from './fuzz-world.fixture.ts';
import { faultsOfRefusal } from './judge-refusal.fixture.ts';
import { makeSender, type RawCall, type Sender } from './send-raw.fixture.ts';
import { type Fingerprint, fingerprintsOf, whatChanged } from './table-fingerprint.fixture.ts';

const callsPerOperation = Number(process.env['FUZZ_CALLS'] ?? 60);
const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const served = new Set(routes.map((route) => route.operation.id));
/** Of one stock of ids, so that what calls delete is there again for the next. */
const perStock = 60;
let stocked: TestPerson | undefined;
/** Who only reads, or is refused each time, uses nothing up: what is in stock serves the next as well. */
const readingFirst = [...operations].sort((a, b) => Number(a.method !== 'GET') - Number(b.method !== 'GET'));

let server: TestServer;
let sender: Sender;
let factsNow: () => Promise<Fingerprint>;
beforeAll(async () => {
  server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '1000000', STOA_LOG_LEVEL: 'error' } });
  sender = makeSender(server.url);
  factsNow = await fingerprintsOf(server.databaseUrl, server.deps.db);
  console.info(`fuzzed with FUZZ_SEED=${seed}, ${callsPerOperation} calls per operation`);
});
afterAll(async () => {
  sender.close();
  await server.stop();
});

const isAllowed = (operation: Operation, status: number): boolean =>
  status < 500 || (status === 501 && !served.has(operation.id));

const shown = (call: RawCall): string => {
  const { authorization: _token, ...headers } = call.headers;
  const body = call.body === undefined ? '' : call.body.toString().slice(0, 1_500);
  return `${call.method} ${call.path.slice(0, 600)} ${JSON.stringify(headers).slice(0, 600)} ${body}`;
};

async function faultsOf(operation: Operation, call: RawCall): Promise<{ status: number; faults: string[] }> {
  try {
    const answer = await sender.send(call);
    const faults = isAllowed(operation, answer.status) ? [] : [`${answer.status} ${answer.text.slice(0, 400)}`];
    return { status: answer.status, faults: answer.status < 400 ? faults : [...faults, ...faultsOfRefusal(answer)] };
  } catch (error) {
    return { status: 0, faults: [`no answer: ${String(error)}`] };
  }
}

/**
 * Runs the calls. The tables are compared after each refusal by a rule, which may have come half-way, and at the end over
 * those refused by their form; a job that an accepted call left behind may change things later.
 */
async function run(operation: Operation, count: number, salt: number): Promise<string[]> {
  const found: string[] = [];
  const report = (call: RawCall, fault: string) =>
    found.push(`[seed ${seed}] ${operation.id}: ${fault}\n    ${shown(call)}`);
  for (let done = 0; done < count; done += perStock) {
    const admin = stocked ?? (await stock(server));
    stocked = admin;
    const numRuns = Math.min(perStock, count - done);
    const token = speaksScim(operation.path) ? await openFuzzedDirectory(server) : admin.token;
    const arbitrary = callsOf(operation, await readIds(server), token);
    let before = await factsNow();
    let isWorkLeft = false;
    for (const call of fc.sample(arbitrary, { seed: seed + salt + done, numRuns })) {
      const { status, faults } = await faultsOf(operation, call);
      for (const fault of faults) report(call, fault);
      isWorkLeft ||= status === 202;
      if (operation.method !== 'GET' && status < 400) stocked = undefined;
      if (operation.method === 'GET' || (status >= 400 && status <= 401)) continue;
      const after = await factsNow();
      const changed = whatChanged(before, after);
      if (status >= 400 && !isWorkLeft && changed.length > 0)
        report(call, `refused, yet changed ${changed.join(', ')}`);
      before = after;
    }
    const changed = whatChanged(before, await factsNow());
    if (!isWorkLeft && changed.length > 0)
      found.push(`[seed ${seed}] ${operation.id}: calls refused by their form changed ${changed.join(', ')}`);
  }
  return found;
}

describe('malformed calls of each operation', () => {
  it('a written row is seen', async () => {
    const before = await factsNow();
    await server.person({ username: 'written' });
    expect(whatChanged(before, await factsNow())).toEqual(['app_user', 'personal_access_token']);
  });

  it.each(readingFirst.map((operation, index) => ({ id: operation.id, operation, index })))(
    '$id answers each with a refusal of its own or an answer by its contract',
    async ({ operation, index }) => {
      // What is not served yet refuses before it reads anything.
      const count = served.has(operation.id) ? callsPerOperation : Math.ceil(callsPerOperation / 10);
      const found = await run(operation, count, index * 1_000_003);
      expect(found.length === 0 ? '' : `${found.length} faults\n${found.slice(0, 6).join('\n')}`).toBe('');
    },
    600_000,
  );
});
