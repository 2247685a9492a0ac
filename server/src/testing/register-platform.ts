import { createConnection, readConnection } from '@stoa/contract/connection';
import { listDataObjects, updateDataObject } from '@stoa/contract/data-object';
import { listDataSources } from '@stoa/contract/data-source';
import { createDomain, setDomainDataSources } from '@stoa/contract/domain';
import { createDataProduct } from '@stoa/contract/data-product';
import { getTask } from '@stoa/contract/task';
import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import type { TestPerson } from './people.ts';
import type { LivePlatform } from './live-platform.ts';

/** Polls until `ask` answers something; fails after `seconds` with what it waited for. */
export async function waitFor<T>(what: string, ask: () => Promise<T | undefined | false>, seconds = 45): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Keys go with the record of their run: without one, nothing that was decided is on its way to the platform. */
export const waitForKeys = (db: Reader) =>
  waitFor('the keys to be worked off', async () => {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from provisioning_key`.execute(db);
    return rows[0]?.n === 0;
  });

type Admins = { appadmin: TestPerson; governor: TestPerson };
export type Registered = { connectionKey: string; sources: { id: number; path: string[] }[]; domainId: string };

/** Registers a platform, enables all of it, and puts its sources into one domain: the given of most tests of the road. */
export async function registerPlatform(
  platform: LivePlatform,
  admins: Admins,
  connectionKey: string,
): Promise<Registered> {
  const { appadmin, governor } = admins;
  const { host, port, database, connector } = platform;
  const made = await appadmin.call(createConnection, {
    body: {
      connectionKey,
      technology: 'PostgreSQL',
      config: { host, port, database, tls: 'disable' },
      authType: 'password',
      credentials: connector,
      ...(platform.isOwnerMember ? { settings: { grantAuthority: 'owner-member' as const } } : {}),
    },
  });
  if (made.status !== 201) throw new Error(`the connection was refused: ${JSON.stringify(made.body)}`);
  await waitFor(
    'the first crawl',
    async () => {
      const { body } = await appadmin.call(readConnection, { params: { connectionKey } });
      if (body.crawl?.status === 'FAILED') throw new Error(`the crawl failed: ${body.crawl.error}`);
      return body.crawl?.status === 'SUCCEEDED';
    },
    60,
  );
  const roots = await appadmin.call(listDataObjects, { query: { connectionKey } });
  for (const root of roots.body.data) {
    const enabled = await appadmin.call(updateDataObject, { params: { id: root.id }, body: { state: 'enabled' } });
    if (enabled.status !== 202) throw new Error(`enabling was refused: ${JSON.stringify(enabled.body)}`);
    const taskId = enabled.body.taskId;
    await waitFor(
      'the objects to be enabled',
      async () => (await appadmin.call(getTask, { params: { taskId } })).body.status === 'SUCCEEDED',
      60,
    );
  }
  const sources = await allSources(governor, connectionKey);
  const domain = await governor.call(createDomain, { body: { name: `Domain of ${connectionKey}`, description: '' } });
  const filled = await governor.call(setDomainDataSources, {
    params: { id: domain.body.id },
    body: { dataSourceIds: sources.map((source) => source.id) },
  });
  if (filled.status !== 200) throw new Error(`the domain was not filled: ${JSON.stringify(filled.body)}`);
  return { connectionKey, sources, domainId: domain.body.id };
}

async function allSources(governor: TestPerson, connectionKey: string): Promise<Registered['sources']> {
  const sources: Registered['sources'] = [];
  for (let offset = 0; ; ) {
    const page = await governor.call(listDataSources, { query: { connectionKey, offset, limit: 500 } });
    for (const source of page.body.data) sources.push({ id: source.id, path: source.objectPath });
    offset += page.body.data.length;
    if (page.body.data.length === 0 || offset >= page.body.meta.totalCount) return sources;
  }
}

export async function publish(
  governor: TestPerson,
  registered: Registered,
  product: { name: string; sourceIds: number[] },
): Promise<{ id: string }> {
  const answer = await governor.call(createDataProduct, {
    body: {
      name: product.name,
      metadata: { subjectMatterExpert: { id: governor.globalUserId } },
      domains: [registered.domainId],
      dataSources: product.sourceIds.map((id) => ({ sourceId: String(id) })),
    },
  });
  if (answer.status !== 201 || Array.isArray(answer.body))
    throw new Error(`publishing was refused: ${JSON.stringify(answer.body)}`);
  return { id: (answer.body as { id: string }).id };
}
