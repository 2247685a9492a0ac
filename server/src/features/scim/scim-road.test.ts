import { getCurrentUser } from '@stoa/contract/auth';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSession } from '../../http/authenticate.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { type LivePlatform, makeLivePlatform } from '../../testing/live-platform.ts';
import { LocalProvider } from '../../testing/local-provider.ts';
import type { TestPerson } from '../../testing/people.ts';
import { givePolicy } from '../../testing/policies.ts';
import { connectionString } from '../../testing/postgres.ts';
import { type Registered, registerPlatform, waitFor } from '../../testing/register-platform.ts';
import { sweepByHand } from '../../testing/sweep-by-hand.ts';
import { connectLocal } from '../provider-sign-in/sign-in.fixture.ts';
import { entraGroup, fromEntra, openDirectory } from './scim.fixture.ts';

sweepByHand();

const provider = new LocalProvider();
let server: TestServer;
let platform: LivePlatform;
let registered: Registered;
const people = {} as Record<'appadmin' | 'governor' | 'useradmin' | 'consumer', TestPerson>;
beforeAll(async () => {
  await provider.start();
  server = await startTestServer({ env: provider.env });
  platform = await makeLivePlatform(connectionString('postgres'));
  people.appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  people.governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE'] });
  people.useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  people.consumer = await server.person({ username: 'consumer' });
  registered = await registerPlatform(platform, people, 'by-scim');
  await connectLocal(people.appadmin, provider);
});
afterAll(async () => {
  await server?.stop();
  await platform?.drop();
  await provider.stop();
});

it('a directory puts somebody into a group, which opens a table on the platform, and disables them, which closes it', async () => {
  const login = await platform.addLogin('by-scim');
  const [, schema = '', name = ''] = registered.sources[0]?.path ?? [];
  const reads = (answer: 'rows' | '42501') =>
    waitFor(`the table to answer ${answer}`, async () => (await platform.readAs(login, { schema, name })) === answer);
  await givePolicy(server.deps, { name: 'Open to readers', kind: 'grant', condition: "@isInGroups('Readers')" });
  const { directory } = await openDirectory(server, people.appadmin, 'local-op');
  const user = await directory.add(fromEntra(login.username, 'sub-road'));
  const group = await directory.addGroup(entraGroup('Readers', 'g-road'));
  await directory.patch(`/Groups/${group}`, { op: 'Add', path: 'members', value: [{ value: user }] });
  await reads('rows');
  await directory.patch(`/Groups/${group}`, { op: 'Remove', path: 'members', value: [{ value: user }] });
  await reads('42501');
  await directory.patch(`/Groups/${group}`, { op: 'Add', path: 'members', value: [{ value: user }] });
  await reads('rows');
  const { token } = await openSession(server.deps.db, { globalUserId: user, ip: '127.0.0.1', userAgent: '' });
  const me = () => server.nobody.call(getCurrentUser, { headers: { cookie: `stoa_session=${token}` } });
  expect((await me()).status).toBe(200);
  await directory.patch(`/Users/${user}`, { op: 'Replace', path: 'active', value: 'False' });
  expect((await me()).status).toBe(401);
  await reads('42501');
});
