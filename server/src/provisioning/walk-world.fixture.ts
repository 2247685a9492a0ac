import { listDataObjects } from '@stoa/contract/data-object';
import { sql } from 'kysely';
import pg from 'pg';
import { startTestServer, type TestServer } from '../testing/app.ts';
import { type LivePlatform, makeLivePlatform, type PlatformLogin } from '../testing/live-platform.ts';
import type { TestPerson } from '../testing/people.ts';
import { connectionString } from '../testing/postgres.ts';
import { type Registered, registerPlatform } from '../testing/register-platform.ts';

export type Consumer = { person: TestPerson; login: PlatformLogin };
/** What a database administrator gave past Stoa, by platform id: it has to stay as it is. */
export type ForeignGrant = { loginId: string; kind: 'table' | 'column' | 'schema'; objectId: string };
export type World = {
  server: TestServer;
  platform: LivePlatform;
  registered: Registered;
  people: Record<'appadmin' | 'governor' | 'useradmin', TestPerson>;
  consumers: Consumer[];
  /** Logins of nobody, for people to be named anew. */
  spare: PlatformLogin[];
  answers: { fieldId: string; value: string }[];
  foreign: ForeignGrant[];
  /** Ids of the schemas and tables in the tree of objects. */
  objectIds: string[];
  /** Where domains moved since the last comparison, a source outside of them may be granted or not. */
  domainsMoved: boolean;
  drop(): Promise<void>;
};

export const connectionKey = 'walk';
export const quote = (name: string): string => pg.escapeIdentifier(name);

/** One server, one platform of six tables, four consumers with logins, and the people who decide. */
export async function makeWorld(size?: Parameters<typeof makeLivePlatform>[1]): Promise<World> {
  const server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '100000' } });
  const platform = await makeLivePlatform(connectionString('postgres'), size);
  const people = {
    appadmin: await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] }),
    governor: await server.person({ username: 'governor', permissions: ['GOVERNANCE'] }),
    useradmin: await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] }),
  };
  const consumers: Consumer[] = [];
  for (const name of ['ann', 'ben', 'cid', 'dot']) {
    const login = await platform.addLogin(name);
    consumers.push({ login, person: await server.person({ username: login.username }) });
  }
  const spare = [await platform.addLogin('extra'), await platform.addLogin('other')];
  const registered = await registerPlatform(platform, people, connectionKey);
  const objects = await people.appadmin.call(listDataObjects, { query: { connectionKey } });
  const { rows } = await sql<{ fields: { id: string }[] }>`
    select v.fields from request_form f join request_form_version v on v.version = f.current_version where f.is_standard`.execute(
    server.deps.db,
  );
  const { rows: nodes } = await sql<{ id: string }>`
    select id from data_object where cardinality(object_path) = 3 and object_path[2] like 'area%'`.execute(
    server.deps.db,
  );
  return {
    server,
    platform,
    registered,
    people,
    consumers,
    spare,
    answers: (rows[0]?.fields ?? []).map((field) => ({ fieldId: field.id, value: 'because' })),
    foreign: [],
    objectIds: objects.status === 200 ? nodes.map((node) => node.id) : [],
    domainsMoved: true,
    async drop() {
      await server.stop();
      await platform.drop();
    },
  };
}
