import type { NodeRole } from '@stoa/contract/enums';
import type { StoredPolicy } from '@stoa/contract/policy';
import type { Actor, SourcePolicyObject } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { loadMaskSources } from '../../provisioning/load-mask-facts.ts';
import { loadPolicySources } from '../../provisioning/policy-sources.ts';
import { rolesOn } from '../data-object/held-roles.ts';
import { isData, isSubscription, loadActivePolicies } from '../policy/load-active.ts';
import { judgeDataPolicies, type JudgedPolicy, judgeSubscriptions } from './judge-on-source.ts';

/** A data source as far as its policies ask, for one caller. */
export type OwnedSource = {
  readonly id: number;
  readonly name: string;
  readonly connectionId: string;
  readonly connectionKey: string;
  readonly dataObjectId: string;
  readonly object: SourcePolicyObject;
};

/** Goes on when the caller reads the policies of the source; else it is not there. */
export async function loadOwnedSource(reader: Reader, actor: Actor, id: number): Promise<OwnedSource> {
  const { rows } = await sql<
    Omit<OwnedSource, 'object'> & { domains: { id: string; name: string }[]; callerRoles: NodeRole[] }
  >`
    select s.id, s.name, s.connection_id as "connectionId", c.connection_key as "connectionKey", s.data_object_id as "dataObjectId",
      (select coalesce(json_agg(json_build_object('id', d.id, 'name', d.name) order by d.name), '[]')
        from domain_data_source l join domain d on d.id = l.domain_id where l.data_source_id = s.id) as domains,
      ${rolesOn(actor, sql`s.data_object_id`)} as "callerRoles"
    from data_source s join connection c on c.id = s.connection_id where s.id = ${id}`.execute(reader);
  if (rows[0] === undefined) throw notFound('data source');
  const { domains, callerRoles, ...source } = rows[0];
  const object = { kind: 'source-policy', domains, callerRoles } as const;
  requireMay(actor, 'source-policy.read', object);
  return { ...source, object };
}

/** How the policies in force stand on some sources of a connection. */
export async function loadJudged(
  reader: Reader,
  connectionId: string,
  { policies, sourceIds }: { policies: readonly StoredPolicy[]; sourceIds: readonly number[] | null },
): Promise<ReadonlyMap<number, readonly JudgedPolicy[]>> {
  const judged = new Map<number, readonly JudgedPolicy[]>();
  const add = (id: number, list: readonly JudgedPolicy[]): void => {
    if (list.length > 0) judged.set(id, [...(judged.get(id) ?? []), ...list]);
  };
  const subscriptions = policies.filter(isSubscription);
  if (subscriptions.length > 0) {
    const ask = { sourceIds, needs: { tags: true, columns: true } };
    for (const { facts } of await loadPolicySources(reader, connectionId, ask))
      add(facts.dataSourceId, judgeSubscriptions(subscriptions, facts));
  }
  const data = policies.filter(isData);
  if (data.length > 0) {
    for (const { source } of await loadMaskSources(reader, connectionId, sourceIds ?? undefined))
      add(source.facts.dataSourceId, judgeDataPolicies(data, source));
  }
  return judged;
}

/** How every policy in force stands on one source. */
export async function loadOnSource(reader: Reader, source: OwnedSource): Promise<readonly JudgedPolicy[]> {
  const policies = await loadActivePolicies(reader);
  return (await loadJudged(reader, source.connectionId, { policies, sourceIds: [source.id] })).get(source.id) ?? [];
}
