import { untilTrue } from './requests.ts';
import type { Site, World } from './world.ts';

export type Published = { productId: string; milliseconds: number; answeredMilliseconds: number };

/** Publishes through the API and waits until the container stands with everything granted and read back. */
export async function publishTables(
  world: World,
  site: Site,
  product: { name: string; tables: number },
): Promise<Published> {
  const { registered } = site;
  const body = {
    name: product.name,
    metadata: { subjectMatterExpert: { id: world.governor.globalUserId } },
    domains: [registered.domainId],
    dataSources: registered.sources.slice(0, product.tables).map((source) => ({ sourceId: String(source.id) })),
  };
  const start = performance.now();
  const answer = await world.caller.expect(201, { method: 'POST', path: '/api/data-product', body });
  const answeredMilliseconds = performance.now() - start;
  const { id } = JSON.parse(answer.body) as { id: string };
  await untilTrue(world.db, {
    name: 'is-published',
    text: `select exists (select from container where target_id = $1 and native_id is not null)
      and not exists (select from provisioning_key where target_id = $1)`,
    values: [id],
  });
  const milliseconds = performance.now() - start;
  const { rows } = await world.db.query<{ active: number }>(
    `select count(*)::int as active from container_object where target_id = $1 and state = 'ACTIVE'`,
    [id],
  );
  if (rows[0]?.active !== product.tables)
    throw new Error(`${rows[0]?.active} of ${product.tables} tables were granted and proved`);
  return { productId: id, milliseconds, answeredMilliseconds };
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
export const tableNames = (site: Site, count: number): string =>
  site.registered.sources
    .slice(0, count)
    .map(({ path }) => path.slice(-2).map(quoted).join('.'))
    .join(', ');
