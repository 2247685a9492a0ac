import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { isLoopback } from '../config.ts';
import type { EmbeddedAddress } from '../db/embedded/address.ts';
import type { Deps } from '../deps.ts';
import {
  type SampleWarehouse,
  wholeWarehouse,
  connectWarehouse,
  enableObjects,
  followPort,
  layMasks,
  showActivity,
} from './connect-warehouse.ts';
import { createFirstAdmin, createPeople } from './create-people.ts';
import { makeRequests } from './make-requests.ts';
import { createDomains, publishProducts } from './publish-products.ts';
import { createSampleCallers, type SampleCallers } from './sample-callers.ts';

type Options = {
  deps: Deps;
  app: FastifyInstance;
  embedded: EmbeddedAddress;
  say: (line: string) => void;
  /** Tests take a small one under a name of their own. */
  warehouse?: SampleWarehouse;
};
type Stage = 'started' | 'people' | 'warehouse' | 'objects' | 'domains' | 'products' | 'done';

/**
 * Loads the sample into a new installation, or goes on where a stopped load left off; answers whether the whole sample
 * is there. Every step finds what an earlier run made, so a kill at any moment costs a repeat and doubles nothing.
 */
export async function loadSample(options: Options): Promise<boolean> {
  const { deps, app, say } = options;
  if (!isLoopback(deps.config.host)) {
    say('No sample: its passwords are public, so it is loaded only while HOST is a loopback address.');
    return false;
  }
  const stage = await readStage(deps);
  if (stage === undefined && !(await createFirstAdmin(deps))) return false;
  const callers = createSampleCallers(deps, app);
  try {
    await followPort(deps, callers, options.embedded);
    if (stage !== 'done') await loadFrom(options, callers, stage ?? 'started');
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    deps.log.error({ err: error }, 'the sample is not whole');
    say(`The sample is not whole (${reason}). Stoa works; the next start goes on with the sample.`);
    return false;
  } finally {
    await callers.close();
  }
}

async function loadFrom(
  { deps, embedded, say, warehouse }: Options,
  callers: SampleCallers,
  from: Stage,
): Promise<void> {
  const steps: readonly { reaches: Stage; take: () => Promise<void> }[] = [
    { reaches: 'people', take: () => createPeople(deps, callers) },
    {
      reaches: 'warehouse',
      take: async () => {
        say('Making the sample warehouse; this takes about half a minute, once.');
        await connectWarehouse(callers, embedded, warehouse ?? wholeWarehouse);
        await layMasks(deps, embedded, warehouse ?? wholeWarehouse);
        await showActivity(embedded, warehouse ?? wholeWarehouse);
      },
    },
    { reaches: 'objects', take: () => enableObjects(callers) },
    { reaches: 'domains', take: () => createDomains(callers) },
    { reaches: 'products', take: () => publishProducts(callers) },
    { reaches: 'done', take: () => makeRequests(deps, callers) },
  ];
  const first = steps.findIndex((step) => step.reaches === from) + 1;
  for (const { reaches, take } of steps.slice(first)) {
    await take();
    await sql`update setting set value = ${JSON.stringify({ stage: reaches })}::jsonb, updated_at = now() where name = 'sample'`.execute(
      deps.db,
    );
  }
}

async function readStage(deps: Deps): Promise<Stage | undefined> {
  const { rows } = await sql<{
    stage: Stage;
  }>`select value->>'stage' as stage from setting where name = 'sample'`.execute(deps.db);
  return rows[0]?.stage;
}
