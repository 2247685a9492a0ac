import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { type LivePlatform, makeLivePlatform } from '../../testing/live-platform.ts';
import { LocalProvider } from '../../testing/local-provider.ts';
import type { TestPerson } from '../../testing/people.ts';
import { givePolicy } from '../../testing/policies.ts';
import { connectionString } from '../../testing/postgres.ts';
import { type Registered, registerPlatform, waitFor } from '../../testing/register-platform.ts';
import { sweepByHand } from '../../testing/sweep-by-hand.ts';
import { connectLocal, StoaBrowser } from './sign-in.fixture.ts';

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
  registered = await registerPlatform(platform, people, 'by-provider');
  await connectLocal(people.appadmin, provider, { claims: { attributes: { country: 'department' } } });
});
afterAll(async () => {
  await server?.stop();
  await platform?.drop();
  await provider.stop();
});

it('what a provider says opens a table on the platform, and what it says no longer closes it', async () => {
  const login = await platform.addLogin('by-provider');
  const [, schema = '', name = ''] = registered.sources[0]?.path ?? [];
  const reads = (answer: 'rows' | '42501') =>
    waitFor(`the table to answer ${answer}`, async () => (await platform.readAs(login, { schema, name })) === answer);
  await givePolicy(server.deps, { name: 'Open to Sweden', kind: 'grant', condition: "@hasAttribute('country', 'SE')" });
  const account = { sub: 'sub-road', preferred_username: login.username, name: 'Rhoda' };
  provider.accounts.set('sub-road', { ...account, department: 'SE' });
  const browser = new StoaBrowser(server);
  await browser.signIn('local-op', 'sub-road');
  await reads('rows');
  provider.accounts.set('sub-road', account);
  await browser.signIn('local-op', 'sub-road');
  await reads('42501');
  const { rows } = await sql<{ action: string }>`
    select action from audit_event where action like 'Attribute%' order by sequence`.execute(server.deps.db);
  expect(rows.map((row) => row.action)).toEqual(['AttributeApplied', 'AttributeRemoved']);
});
