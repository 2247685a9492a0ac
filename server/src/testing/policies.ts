import type { StoredSubscriptionPolicy, SubscriptionBody } from '@stoa/contract/policy';
import { sql } from 'kysely';
import { newUuid } from '../db/new-id.ts';
import { transact } from '../db/transact.ts';
import type { Deps } from '../deps.ts';
import { enqueueConnection } from '../provisioning/enqueue-keys.ts';

type Given = Partial<SubscriptionBody> & {
  readonly name: string;
  readonly kind: StoredSubscriptionPolicy['kind'];
  readonly state?: StoredSubscriptionPolicy['state'];
};

/** A policy in force, as its screen would store it; every connection looks at it. */
export async function givePolicy(deps: Deps, { name, kind, state = 'active', ...more }: Given): Promise<string> {
  const id = newUuid();
  const body = {
    accessType: 'read',
    level: 'entitlements',
    circumstances: [{ type: 'all' }],
    circumstanceOperator: 'any',
    ...more,
  };
  await transact(deps, async (tx, after) => {
    await sql`insert into policy (id, policy_key, name, name_key, type, kind, scope, state, body)
      values (${id}, ${`p-${id}`}, ${name}, ${name.toLowerCase()}, 'subscription', ${kind}, 'global', ${state}, ${JSON.stringify(body)}::jsonb)`.execute(
      tx,
    );
    await enqueueEverywhere(tx, after);
  });
  return id;
}

/** Takes a policy out of force. */
export async function endPolicy(deps: Deps, id: string): Promise<void> {
  await transact(deps, async (tx, after) => {
    await sql`update policy set state = 'disabled' where id = ${id}`.execute(tx);
    await enqueueEverywhere(tx, after);
  });
}

async function enqueueEverywhere(...[tx, after]: Parameters<Parameters<typeof transact>[1]>): Promise<void> {
  const { rows } = await sql<{ id: string }>`select id from connection where state <> 'draft'`.execute(tx);
  for (const { id } of rows) await enqueueConnection(tx, after, { connectionId: id, cause: 'policy' });
}
