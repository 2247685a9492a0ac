import { determineAccessRequest, requestAccess, revokeAccess } from '@stoa/contract/access-request';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { sql } from 'kysely';
import { waitFor } from '../testing/register-platform.ts';
import type { Consumer, World } from './walk-world.fixture.ts';

/** What tests do again and again with one product of a world; both are there only when something is done. */
export const actsOn = (world: () => World, productId: () => string) => ({
  consumer: (index: number): Consumer => {
    const found = world().consumers[index];
    if (!found) throw new Error('there are not so many consumers');
    return found;
  },
  /** The first table of the product. */
  table: () => ({
    schema: world().registered.sources[0]?.path[1] ?? '',
    name: world().registered.sources[0]?.path[2] ?? '',
  }),
  settled: (id: string, state: string) =>
    waitFor(`${id} to be ${state}`, async () => {
      const { body } = await world().people.governor.call(getAccessRequestProvisioning, { params: { id } });
      return body.state === state && body;
    }),
  approved: async ({ person }: Consumer, product = productId()): Promise<string> => {
    const asked = await person.call(requestAccess, {
      params: { id: product },
      body: { user: person.globalUserId, form: { answers: world().answers } },
    });
    const { id } = asked.body;
    await world().people.governor.call(determineAccessRequest, {
      params: { id },
      body: { status: 'APPROVED', reason: 'needed' },
    });
    return id;
  },
  revoke: (requestId: string) => world().people.governor.call(revokeAccess, { params: { id: productId(), requestId } }),
  /** Until nothing waits and nothing runs. */
  quiet: () =>
    waitFor('no keys', async () => {
      const { deps } = world().server;
      const { rows } = await sql<{ n: number }>`select count(*)::int as n from provisioning_key`.execute(deps.db);
      return rows[0]?.n === 0 && !deps.reconciler.isBusy;
    }),
});
