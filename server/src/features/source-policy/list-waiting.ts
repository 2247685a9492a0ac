import { offsetMetaOf } from '@stoa/contract/page';
import type { PolicySourceRow, SourcePolicyStanding, WaitingCertification } from '@stoa/contract/source-policy';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { notFound } from '../../http/refusal.ts';
import { ownerNames } from '../data-object/owner-names.ts';
import { ownedSources } from '../policy/decisions.ts';
import { isSubscription, loadActivePolicies } from '../policy/load-active.ts';
import type { JudgedPolicy } from './judge-on-source.ts';
import { standingWords } from './list-source-policies.ts';
import { loadJudged } from './load-on-source.ts';

type Page = { readonly offset: number; readonly limit: number };
type Place = { dataSourceId: number; dataObjectId: string; name: string; connectionKey: string; objectPath: string[] };

async function loadPlaces(reader: Reader, ids: readonly number[]): Promise<Place[]> {
  const { rows } = await sql<Place>`
    select s.id as "dataSourceId", s.data_object_id as "dataObjectId", s.name, c.connection_key as "connectionKey", o.object_path as "objectPath"
    from data_source s join connection c on c.id = s.connection_id join data_object o on o.id = s.data_object_id
    where s.id = any(${[...ids]}::int[]) order by s.name, s.id`.execute(reader);
  return rows;
}

/** What waits for somebody's signature, source by source. */
export async function listWaiting(reader: Reader, globalUserId: string, page: Page) {
  const policies = (await loadActivePolicies(reader)).filter(({ body }) => body.certification !== undefined);
  const { rows } =
    policies.length === 0
      ? { rows: [] }
      : await sql<{ connectionId: string; ids: number[] }>`
        select s.connection_id as "connectionId", array_agg(s.id) as ids from data_source s
        where s.enabled and s.id in (${ownedSources(sql`${globalUserId}::uuid`)}) group by 1`.execute(reader);
  const waiting: { id: number; one: JudgedPolicy }[] = [];
  for (const { connectionId, ids } of rows)
    for (const [id, judged] of await loadJudged(reader, connectionId, { policies, sourceIds: ids }))
      for (const one of judged) if (one.standing === 'waiting') waiting.push({ id, one });
  const places = await loadPlaces(
    reader,
    waiting.map(({ id }) => id),
  );
  const all = places.flatMap((place) =>
    waiting
      .filter(({ id }) => id === place.dataSourceId)
      .flatMap(({ one: { policy } }): WaitingCertification[] => {
        const { id, name, version, body } = policy;
        return body.certification === undefined
          ? []
          : [{ ...place, policy: { id, name, version }, certification: body.certification }];
      }),
  );
  const data = all.slice(page.offset, page.offset + page.limit);
  return { data, meta: offsetMetaOf(page, all.length, data.length) };
}

/** The sources that a policy in force is meant for, those on which it has nothing to act on last. Of one that is not in force there are none. */
export async function listPolicySources(
  reader: Reader,
  policyId: string,
  query: Page & { readonly standing?: readonly SourcePolicyStanding[] | undefined },
) {
  const { rows: known } = await sql`select from policy where id = ${policyId} and deleted_at is null`.execute(reader);
  if (known.length === 0) throw notFound('policy');
  const active = await loadActivePolicies(reader);
  const policy = active.find(({ id }) => id === policyId);
  // Only grants that ask for no condition bear on each other's standing; and masks say more than is shown here.
  const rivals = active.filter(
    (one) => isSubscription(one) && one.kind === 'grant' && one.body.level !== 'entitlements',
  );
  const policies = policy === undefined ? [] : [policy, ...rivals.filter(({ id }) => id !== policyId)];
  const { rows: connections } = await sql<{ id: string }>`
    select id from connection where ${policies.length > 0} and state <> 'deleting'`.execute(reader);
  const standings = new Map<number, SourcePolicyStanding>();
  for (const { id } of connections)
    for (const [sourceId, judged] of await loadJudged(reader, id, { policies, sourceIds: null })) {
      const one = judged.find((each) => each.policyId === policyId);
      if (one !== undefined) standings.set(sourceId, standingWords[one.standing]);
    }
  const wanted = [...standings].filter(([, standing]) => query.standing?.includes(standing) ?? true);
  const places = await loadPlaces(
    reader,
    wanted.map(([id]) => id),
  );
  const isIdle = ({ dataSourceId }: Place) => standings.get(dataSourceId) === 'IDLE';
  const listed = [...places.filter((place) => !isIdle(place)), ...places.filter(isIdle)];
  const page = listed.slice(query.offset, query.offset + query.limit);
  const owners = await loadOwners(
    reader,
    page.map(({ dataSourceId }) => dataSourceId),
  );
  const data = page.map(
    (place): PolicySourceRow => ({
      ...place,
      standing: standings.get(place.dataSourceId) ?? 'ACTING',
      owners: owners.get(place.dataSourceId) ?? [],
    }),
  );
  return { data, meta: offsetMetaOf(query, places.length, data.length) };
}

/** Names of the people and groups that answer for each source, the nearest first. */
async function loadOwners(reader: Reader, ids: readonly number[]): Promise<ReadonlyMap<number, string[]>> {
  const { rows } = await sql<{ id: number; names: string[] }>`
    select s.id, ${ownerNames(sql`s.data_object_id`)} as names
    from data_source s where s.id = any(${[...ids]}::int[])`.execute(reader);
  return new Map(rows.map((row) => [row.id, row.names]));
}
