import { createDataProduct, getDataProductByName } from '@stoa/contract/data-product';
import { listDataSources } from '@stoa/contract/data-source';
import { createDomain, listDomains, setDomainDataSources, setDomainPermissions } from '@stoa/contract/domain';
import { listGroups } from '@stoa/contract/group';
import type { Reviewer, Stage } from '@stoa/contract/review-flow';
import { type SampleUsername, samplePeople } from './accounts.ts';
import { warehouseKey } from './connect-warehouse.ts';
import type { SampleCallers } from './sample-callers.ts';
import { sampleProducts, type SampleProduct } from './warehouse/products.ts';

const sampleDomains = [
  {
    name: 'Sales',
    description: 'Customers, orders, the web shop and the service desk.',
    schemas: ['sales', 'web', 'support'],
  },
  { name: 'People', description: 'Everybody who works here.', schemas: ['hr'] },
  { name: 'Finance', description: 'The books, as closed each month.', schemas: ['finance'] },
];

/** Three domains with the warehouse's schemas, in which the manager may publish. */
export async function createDomains(callers: SampleCallers): Promise<void> {
  const { data: known } = await callers.call('governor', listDomains, { query: { limit: 1_000 } });
  const { data: sources } = await callers.call('governor', listDataSources, {
    query: { connectionKey: warehouseKey, limit: 1_000 },
  });
  const manager = await callers.idOf('manager');
  for (const { name, description, schemas } of sampleDomains) {
    const domain =
      known.find((one) => one.name === name) ??
      (await callers.call('governor', createDomain, { body: { name, description } }));
    const params = { id: domain.id };
    const dataSourceIds = sources.filter((s) => schemas.includes(s.objectPath.at(-2) ?? '')).map((s) => s.id);
    await callers.call('governor', setDomainDataSources, { params, body: { dataSourceIds } });
    await callers.call('useradmin', setDomainPermissions, {
      params,
      body: { permissions: [{ permission: 'Manage Data Products', principalType: 'user', principalId: manager }] },
    });
  }
}

/** The manager publishes; who decides is named in each product's own review flow. */
export async function publishProducts(callers: SampleCallers): Promise<void> {
  const { data: domains } = await callers.call('manager', listDomains, { query: { limit: 1_000 } });
  const stages = await describeStages(callers);
  for (const product of sampleProducts) {
    if (await callers.find('manager', getDataProductByName, { params: { name: product.name } })) continue;
    const domainName = sampleDomains.find((one) => one.schemas.includes(product.schema))?.name;
    const domain = domains.find((one) => one.name === domainName);
    const { expert, flow } = stages[product.schema] ?? {};
    if (!domain || !expert || !flow) throw new Error(`the product ${product.name} has no domain or no stewards`);
    await callers.call('manager', createDataProduct, {
      body: {
        name: product.name,
        description: product.description,
        domains: [domain.id],
        metadata: { subjectMatterExpert: { id: await callers.idOf(expert) } },
        dataSources: await sourcesOf(callers, product),
        dataAccessReviewFlow: { rules: [], defaultEvent: { type: 'review', params: { stages: flow } } },
      },
    });
  }
}

async function sourcesOf(callers: SampleCallers, product: SampleProduct): Promise<{ sourceId: string }[]> {
  const { data } = await callers.call('manager', listDataSources, {
    query: { connectionKey: warehouseKey, limit: 1_000 },
  });
  return product.objects.map((name) => {
    const source = data.find((s) => s.objectPath.at(-2) === product.schema && s.objectPath.at(-1) === name);
    if (!source) throw new Error(`the warehouse has no ${product.schema}.${name}`);
    return { sourceId: String(source.id) };
  });
}

type Stewards = { expert: SampleUsername; flow: Stage[] };

/** By schema: one of a group; two persons after each other; either of two persons. */
async function describeStages(callers: SampleCallers): Promise<Record<string, Stewards>> {
  const { data: groups } = await callers.call('useradmin', listGroups, { query: { limit: 1_000 } });
  const group = (name: string): Reviewer => {
    const id = groups.find((one) => one.name === name)?.id;
    return id === undefined ? { type: 'GROUP', name } : { type: 'GROUP', name, id };
  };
  const person = async (username: SampleUsername): Promise<Reviewer> => ({
    type: 'USER',
    id: await callers.idOf(username),
    displayName: samplePeople[username].name,
  });
  const [steward, steward2] = [await person('steward'), await person('steward2')];
  return {
    sales: { expert: 'steward', flow: [{ any: [group('Data stewards')] }] },
    hr: { expert: 'steward2', flow: [{ any: [group('People and Culture')] }, { any: [steward] }] },
    finance: { expert: 'steward', flow: [{ any: [steward, steward2] }] },
  };
}
