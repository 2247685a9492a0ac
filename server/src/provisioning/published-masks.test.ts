import { determineAccessRequest, requestAccess } from '@stoa/contract/access-request';
import { updateConnection } from '@stoa/contract/connection';
import { createPolicy, setPolicyState } from '@stoa/contract/policy-resource';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { type LivePlatform, makeLivePlatform, type PlatformLogin } from '../testing/live-platform.ts';
import type { TestPerson } from '../testing/people.ts';
import { connectionString } from '../testing/postgres.ts';
import { publish, type Registered, registerPlatform, waitFor, waitForKeys } from '../testing/register-platform.ts';
import { runSetupScript } from '../testing/run-setup-script.ts';
import { runVerify } from '../verify/run-verify.ts';
import { sweepByHand } from '../testing/sweep-by-hand.ts';
import { enqueueSweeps } from './sweep.ts';

sweepByHand();

let server: TestServer;
let platform: LivePlatform;
let registered: Registered;
let login: PlatformLogin;
const people = {} as Record<'appadmin' | 'governor' | 'consumer', TestPerson>;

beforeAll(async () => {
  server = await startTestServer();
  platform = await makeLivePlatform(connectionString('postgres'));
  people.appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  people.governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  login = await platform.addLogin('consumer');
  people.consumer = await server.person({ username: login.username });
  await runSetupScript(platform, server.deps.installationId);
  registered = await registerPlatform(platform, people, 'published');
});
afterAll(async () => {
  await server?.stop();
  await platform?.drop();
});

/** What the consumer's own client is shown of a relation, or the SQLSTATE of the refusal. */
const reads = async (from: string): Promise<unknown> => {
  const client = await platform.connectAs(login);
  try {
    return (await client.query(`select label from ${from} limit 1`)).rows[0];
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  } finally {
    await client.end();
  }
};

test('a mask on whatever is published stands as soon as something is', async () => {
  const source = registered.sources[0] ?? { id: 0, path: [] };
  const base = source.path.slice(1).join('.');
  const policy = await people.governor.call(createPolicy, {
    body: {
      policy: {
        name: 'Labels of products',
        type: 'data',
        scope: { kind: 'global' },
        action: {
          kind: 'mask',
          masking: { maskingType: 'null' },
          target: { columns: 'nameRegex', regex: 'label' },
        },
        who: { for: 'everyone' },
        circumstances: [{ type: 'tags', tag: 'Stoa Data Product' }],
      },
    },
  });
  expect(policy.status).toBe(201);
  const { id, version } = policy.body;
  await people.governor.call(setPolicyState, { params: { id }, body: { state: 'active', version } });
  await waitForKeys(server.deps.db);

  const product = await publish(people.governor, registered, { name: 'Staff', sourceIds: [source.id] });
  const { rows: forms } = await sql<{ fields: { id: string }[] }>`
    select v.fields from request_form f join request_form_version v on v.version = f.current_version where f.is_standard`.execute(
    server.deps.db,
  );
  const asked = await people.consumer.call(requestAccess, {
    params: { id: product.id },
    body: {
      user: people.consumer.globalUserId,
      form: { answers: (forms[0]?.fields ?? []).map((field) => ({ fieldId: field.id, value: 'monthly report' })) },
    },
  });
  expect(asked.status).toBe(201);
  await people.governor.call(determineAccessRequest, {
    params: { id: asked.body.id },
    body: { status: 'APPROVED', reason: 'needed' },
  });
  await waitFor('the view or the table to be read', async () => {
    const seen = await Promise.all([reads(`shared_${base}`), reads(base)]);
    return seen.some((rows) => typeof rows === 'object');
  });
  expect(await reads(`shared_${base}`)).toEqual({ label: null });
  expect(await reads(base)).toBe('42501');
});

test('a view that a long query kept from being written is written once that has ended', async () => {
  const { db } = server.deps;
  const source = registered.sources[0] ?? { id: 0, path: [] };
  const view = `shared_${source.path.slice(1).join('.')}`;
  const protection = async () => {
    const { rows } = await sql<{ state: string; reason: string | null }>`
      select state, reason from source_protection where data_source_id = ${source.id}`.execute(db);
    return rows[0];
  };
  const sweep = async () => {
    await enqueueSweeps(server.deps);
    await waitForKeys(db);
  };
  const reading = await platform.connectAs(login);
  try {
    await reading.query(`begin; select from ${view}`);
    const policy = {
      name: 'Ids of products',
      type: 'data' as const,
      scope: { kind: 'global' as const },
      action: {
        kind: 'mask' as const,
        masking: { maskingType: 'null' as const },
        target: { columns: 'nameRegex' as const, regex: '^id$' },
      },
      who: { for: 'everyone' as const },
      circumstances: [{ type: 'tags' as const, tag: 'Stoa Data Product' }],
    };
    const made = await people.governor.call(createPolicy, { body: { policy, state: 'active' } });
    expect(made.status).toBe(201);
    await waitForKeys(db);
    expect(await protection()).toMatchObject({ state: 'closed', reason: expect.stringMatching(/lock timeout/) });
    // Nothing else moves on the platform meanwhile.
    for (let looks = 0; looks < 3; looks++) await sweep();
    expect(await protection()).toMatchObject({ state: 'closed' });
  } finally {
    await reading.end();
  }
  await sweep();
  expect(await protection()).toEqual({ state: 'view', reason: null });
  await waitFor('the view to be read again', async () => typeof (await reads(view)) === 'object');
});

test('verification reads what a view shows, whatever is stored of it', async () => {
  const { deps } = server;
  const row = {
    name: 'Few rows of products',
    type: 'data' as const,
    scope: { kind: 'global' as const },
    action: {
      kind: 'row' as const,
      row: { kind: 'where' as const, predicate: "'one' = 'two'", ifTagMissing: 'deny' as const },
    },
    who: { for: 'everyone' as const },
    circumstances: [{ type: 'tags' as const, tag: 'Stoa Data Product' }],
  };
  const made = await people.governor.call(createPolicy, { body: { policy: row, state: 'active' } });
  expect(made.body).toMatchObject({ state: 'active' });
  await waitForKeys(deps.db);
  const path = registered.sources[0]?.path.slice(1) ?? [];
  const [base, view] = [path.join('.'), `shared_${path.join('.')}`];
  const found = async () => {
    const report = await runVerify({ ...deps, settleMs: 0, only: ['I1'] });
    return report.invariants.flatMap(({ findings }) => findings.map((one) => `${one.direction}: ${one.found}`));
  };
  const textOf = async () => {
    const { rows } = await platform.superuser.query<{ text: string }>(
      `select pg_get_viewdef('${view}'::regclass) as text`,
    );
    return rows[0]?.text.replace(/;\s*$/, '') ?? '';
  };
  for (const maskedLookup of ['union', 'scan'] as const) {
    const settings = { maskedLookup };
    await people.appadmin.call(updateConnection, { params: { connectionKey: 'published' }, body: { settings } });
    await waitForKeys(deps.db);
    expect((await textOf()).includes('UNION ALL')).toBe(maskedLookup === 'union');
    expect(await found()).toEqual([]);
  }
  // From here on nobody mends what is planted.
  await deps.reconciler.stop();
  const written = await textOf();
  const shown = written.slice(0, written.lastIndexOf(' FROM '));
  const filter = written.slice(written.lastIndexOf(' WHERE '));
  for (const [text, says] of [
    [`select null::int as id, b.label from ${base} b ${filter}`, 'extra: it shows label as it is'],
    [`select b.id, b.label from ${base} b ${filter}`, 'extra: it shows id as it is, and it shows label as it is'],
    [`${shown} from ${base} b`, 'extra: it shows every row'],
    [`select x.id, x.label from ${base} x`, 'extra: its text is not one that Stoa writes'],
  ]) {
    await platform.superuser.query(`create or replace view ${view} as ${text}`);
    expect(await found()).toEqual([says]);
  }
  await platform.superuser.query(`create or replace view ${view} as ${written}`);
  expect(await found()).toEqual([]);
});
