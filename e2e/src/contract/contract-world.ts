import { cancelAccessRequest, requestAccess } from '@stoa/contract/access-request';
import { listDataObjects } from '@stoa/contract/data-object';
import { createDataProduct } from '@stoa/contract/data-product';
import { standardAnswers } from '@stoa/server/features/access-request/requests.fixture';
import { holdAnswers } from '@stoa/server/hard/held-answers.fixture';
import { makePublishedWorld, type PublishedWorld } from '@stoa/server/hard/published-world.fixture';
import { startTestServer, type TestPerson, type TestServer } from '@stoa/server/testing/app';
import { type LivePlatform, makeLivePlatform } from '@stoa/server/testing/live-platform';
import { connectionString } from '@stoa/server/testing/postgres';

/** A running server on a real platform, with something of everything, and the means to make more. */
export type ContractWorld = PublishedWorld & {
  readonly platform: LivePlatform;
  /** `[database, schema, table]` of one table, and the ids of its asset and of the assets above it. */
  readonly assets: { readonly path: readonly string[]; readonly table: string; readonly schema: string };
  /** A name that nothing has yet. */
  name(what: string): string;
  product(over?: object): Promise<string>;
  /** A pending request of the consumer on a product of its own. */
  pending(): Promise<{ productId: string; requestId: string }>;
  cancel(requestId: string): Promise<void>;
  stop(): Promise<void>;
};

export async function startContractWorld(): Promise<ContractWorld> {
  const server = await startTestServer({ env: { STOA_REQUESTS_PER_HOUR: '1000000' } });
  const platform = await makeLivePlatform(connectionString('postgres'));
  const world = await makePublishedWorld(server, await holdAnswers(server), platform);
  const faults = world.held.takeFaults();
  if (faults.length > 0) throw new Error(`the world was not made by the documents: ${faults.join('; ')}`);
  return { ...world, ...(await makers(world)), platform, stop: () => stopBoth(server, platform) };
}

async function stopBoth(server: TestServer, platform: LivePlatform): Promise<void> {
  await server.stop();
  await platform.drop();
}

async function makers({ people, registered }: PublishedWorld) {
  let made = 0;
  const name = (what: string): string => `${what} ${(made += 1)}`;
  const product = async (over: object = {}): Promise<string> => {
    const dataSources = [{ sourceId: String(registered.sources[0]?.id ?? 0) }];
    const body = { name: name('Product'), metadata: null, domains: [registered.domainId], dataSources, ...over };
    const answer = await people.manager.call(createDataProduct, { body });
    if (answer.status !== 201 || Array.isArray(answer.body)) throw new Error(JSON.stringify(answer.body));
    return answer.body.id;
  };
  const ask = async (who: TestPerson, productId: string): Promise<string> => {
    const body = { user: who.globalUserId, form: standardAnswers };
    const answer = await who.call(requestAccess, { params: { id: productId }, body });
    if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
    return answer.body.id;
  };
  return {
    assets: await findAssets({ people, registered }),
    name,
    product,
    async pending() {
      const productId = await product();
      return { productId, requestId: await ask(people.consumer, productId) };
    },
    async cancel(requestId: string) {
      await people.consumer.call(cancelAccessRequest, { params: { id: requestId } });
    },
  };
}

async function findAssets({ people, registered }: Pick<PublishedWorld, 'people' | 'registered'>) {
  const { connectionKey, sources } = registered;
  const path = sources[0]?.path ?? [];
  const childOf = async (parentId: string | undefined, wanted: string | undefined): Promise<string> => {
    const query = { connectionKey, ...(parentId === undefined ? {} : { parentId }) };
    const { body } = await people.appadmin.call(listDataObjects, { query });
    const found = body.data.find((one) => one.name === wanted);
    if (found === undefined) throw new Error(`the crawl found no ${wanted ?? 'object'}`);
    return found.id;
  };
  const database = await childOf(undefined, path[0]);
  const schema = await childOf(database, path[1]);
  return { path, schema, table: await childOf(schema, path[2]) };
}
