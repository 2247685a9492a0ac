import type { PolicyType, StoredDataPolicy, StoredPolicy, StoredSubscriptionPolicy } from '@stoa/contract/policy';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { decisionsJson } from './decisions.ts';
import { type PolicyRow, policyColumns, toStoredPolicy } from './stored-policy.ts';

/** The policies in force, the oldest first. Those in which approvals stand are compiled by themselves and not among them. */
export async function loadActivePolicies(reader: Reader, type?: PolicyType): Promise<StoredPolicy[]> {
  const ofType = type === undefined ? sql`` : sql`and p.type = ${type}`;
  const { rows } = await sql<PolicyRow>`
    select ${policyColumns}, ${decisionsJson} as decisions from policy p
    where p.state = 'active' and not p.protected and p.deleted_at is null
      and (p.scope <> 'local' or p.data_source_id is not null) ${ofType}
    order by p.number`.execute(reader);
  return rows.map(toStoredPolicy);
}

export const isSubscription = (policy: StoredPolicy): policy is StoredSubscriptionPolicy =>
  policy.type === 'subscription';
export const isData = (policy: StoredPolicy): policy is StoredDataPolicy => policy.type === 'data';

/** The subscription policies in force: who reaches data sources beside approvals, and who reaches them never. */
export const loadSubscriptionPolicies = async (reader: Reader): Promise<StoredSubscriptionPolicy[]> =>
  (await loadActivePolicies(reader, 'subscription')).filter(isSubscription);

/** The data policies in force: masks, what lifts them, and row rules. */
export const loadDataPolicies = async (reader: Reader): Promise<StoredDataPolicy[]> =>
  (await loadActivePolicies(reader, 'data')).filter(isData);
