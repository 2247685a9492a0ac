import { syncConnection } from '@stoa/contract/connection';
import { setDomainDataSources } from '@stoa/contract/domain';
import { type OperationalEventType, operationalEventTypes } from '@stoa/contract/event-type';
import { createGroup } from '@stoa/contract/group';
import { createPolicy, deletePolicy, setPolicyState } from '@stoa/contract/policy-resource';
import { updateUser } from '@stoa/contract/user';
import * as contract from '@stoa/contract/webhook';
import { webhookMessageSchema } from '@stoa/contract/webhook-event';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { enqueueSweeps } from '../../provisioning/sweep.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { type LivePlatform, makeLivePlatform, type PlatformLogin } from '../../testing/live-platform.ts';
import type { TestPerson } from '../../testing/people.ts';
import { connectionString } from '../../testing/postgres.ts';
import { publish, type Registered, registerPlatform, waitFor } from '../../testing/register-platform.ts';
import { sweepByHand } from '../../testing/sweep-by-hand.ts';
import { type Message, Receiver } from './receiver.fixture.ts';

sweepByHand();

let server: TestServer;
let receiver: Receiver;
let platform: LivePlatform;
let registered: Registered;
let secret = '';
let login: PlatformLogin;
const people = {} as Record<'appadmin' | 'governor' | 'useradmin' | 'leaver', TestPerson>;

beforeAll(async () => {
  receiver = await Receiver.start();
  server = await startTestServer({ env: { STOA_EGRESS_ALLOW: `webhook=127.0.0.1:${receiver.port}` } });
  platform = await makeLivePlatform(connectionString('postgres'), { schemas: 1, tablesPerSchema: 2 });
  people.appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  people.governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  people.useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  people.leaver = await server.person({ username: 'leaver' });
  login = await platform.addLogin('stranger');
  await server.person({ username: login.username });
  const hook = await people.appadmin.call(contract.createWebhook, {
    body: { url: receiver.url, eventTypes: [...operationalEventTypes] },
  });
  secret = hook.body.secret ?? '';
  registered = await registerPlatform(platform, people, 'told');
});
afterAll(async () => {
  await server?.stop();
  await platform?.drop();
  await receiver?.stop();
});

/** The last message of a type, verified, and as its published schema has it. */
const told = (type: OperationalEventType, count = 1): Promise<Message> =>
  waitFor(type, async () => {
    const messages = receiver.verified(secret).filter((message) => message.type === type);
    for (const message of messages) expect(webhookMessageSchema(type).safeParse(message).error).toBeUndefined();
    return messages.length >= count ? messages.at(-1) : undefined;
  });
const connection = { id: expect.any(String), name: 'told' };

it('a connection that was read', async () => {
  expect((await told('stoa.connection.synced')).data).toMatchObject({ connection, path: [], added: 5, gone: 0 });
});

it('data sources that come into a domain and leave it', async () => {
  const [first, second] = registered.sources.map((source) => source.id);
  const domain = { id: registered.domainId, name: 'Domain of told' };
  const came = await told('stoa.domain.data_source_added');
  expect(came.data).toEqual({ domain, dataSourceIds: [first, second], count: 2 });
  expect(came.actor).toMatchObject({ globalUserId: people.governor.globalUserId });
  await people.governor.call(setDomainDataSources, {
    params: { id: registered.domainId },
    body: { dataSourceIds: [first ?? 0] },
  });
  expect((await told('stoa.domain.data_source_removed')).data).toEqual({ domain, dataSourceIds: [second], count: 1 });
});

it('a policy from its making to its end, without what it says', async () => {
  await people.useradmin.call(createGroup, { body: { name: 'Trained' } });
  const made = await people.governor.call(createPolicy, {
    body: {
      policy: {
        type: 'subscription',
        kind: 'guardrail',
        name: 'Trained people',
        scope: { kind: 'global' },
        level: 'entitlements',
        circumstances: [{ type: 'all' }],
        condition: "@isInGroups('Trained')",
      },
    },
  });
  expect(made.status).toBe(201);
  const params = { id: made.body.id };
  const policy = { id: params.id, name: 'Trained people', key: expect.any(String) };
  expect((await told('stoa.policy.created')).data).toEqual({ policy, policyVersion: 1, state: 'staged' });
  await people.governor.call(setPolicyState, { params, body: { state: 'disabled', version: 1 } });
  expect((await told('stoa.policy.updated')).data).toEqual({ policy, policyVersion: 2, state: 'disabled' });
  await people.governor.call(deletePolicy, { params });
  expect((await told('stoa.policy.deleted')).data).toEqual({ policy, policyVersion: 2, state: 'disabled' });
});

it('an account that is disabled, once', async () => {
  const { globalUserId } = people.leaver;
  for (let n = 0; n < 2; n++)
    await people.useradmin.call(updateUser, { params: { globalUserId }, body: { status: 'disabled' } });
  expect((await told('stoa.user.deactivated')).data).toEqual({ user: { globalUserId, name: 'leaver' } });
});

it('what others granted past Stoa, all of one look in one message', async () => {
  await publish(people.governor, registered, { name: 'Told', sourceIds: [registered.sources[0]?.id ?? 0] });
  const [first, second] = platform.tables;
  await platform.superuser.query(
    `grant usage on schema ${first?.schema} to "${login.username}";
     grant select on ${first?.schema}.${first?.name}, ${second?.schema}.${second?.name} to "${login.username}"`,
  );
  await enqueueSweeps(server.deps);
  const { data } = await told('stoa.drift.found');
  const object = expect.stringContaining(`.${first?.name}`);
  expect(data).toMatchObject({ connection, count: expect.any(Number) });
  expect(data['findings']).toContainEqual({
    finding: 'bypass',
    object,
    principal: login.username,
    privilege: 'SELECT',
  });
  expect(data['findings']).toHaveLength(Number(data['count']));
});

it('a connection that cannot be read any more', async () => {
  const { username } = platform.connector;
  await platform.superuser.query(`alter role "${username}" nologin`);
  await platform.superuser.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [
    username,
  ]);
  await people.appadmin.call(syncConnection, { params: { connectionKey: 'told' } });
  expect((await told('stoa.connection.failed')).data).toMatchObject({
    connection,
    during: expect.stringMatching(/^(checks|sync|outage)$/),
    reason: expect.stringMatching(/\S/),
  });
});
