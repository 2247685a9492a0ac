import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../db/pool.ts';
import type { AfterCommit } from '../db/transact.ts';
import type { KeyCause } from './enqueue-keys.ts';
import { enqueueReaders } from './enqueue-readers.ts';
import { viewedConnections } from './load-mask-facts.ts';

/** More pairs than this are looked at container by container: one look at a container costs less than so many at its people. */
const pairsAtOnce = 2_000;

type PeopleChange = {
  /** A query of the ids of the people whose facts changed. */
  readonly people: RawBuilder<unknown>;
  /** The groups they joined or left, or that are called otherwise now. */
  readonly groups?: readonly string[];
  /** The attributes of which they have other values now. */
  readonly attributes?: readonly string[];
  readonly cause: Extract<KeyCause, 'group' | 'attribute'>;
};

/**
 * Wakes the reconciler for what conditions make of changed facts of people: containers of policies and approvals behind
 * guardrails, and of these only such as ask about the very facts. Call it while the facts still name the people.
 */
export async function enqueuePeople(tx: Tx, after: AfterCommit, change: PeopleChange): Promise<void> {
  const { people, groups = [], attributes = [], cause } = change;
  const asks = [
    ...(groups.length > 0 ? ['group:', ...groups.map((name) => `group:${name.normalize('NFC')}`)] : []),
    ...(attributes.length > 0 ? ['attribute:', ...attributes.map((name) => `attribute:${name.normalize('NFC')}`)] : []),
  ];
  if (asks.length === 0) return;
  const { rows } = await sql<{ connection_id: string }>`
    with asked as materialized (
      select distinct p.connection_id, p.target_id, c.kind
      from container_part p join container c on c.connection_id = p.connection_id and c.target_id = p.target_id
      where p.asks && ${asks}::text[]
    ), person (id) as materialized (
      select * from (${people}) w where exists (select from asked)
    ), pair as materialized (
      select a.connection_id, a.target_id, w.id from asked a cross join person w where a.kind = 'po'
      union
      select a.connection_id, a.target_id, r.beneficiary from asked a
        join access_request r on r.target_id = a.target_id and r.type = 'DATA_ACCESS' and r.status = 'APPROVED'
        join person w on w.id = r.beneficiary
      where a.kind <> 'po'
    ), many as materialized (select count(*) > ${pairsAtOnce} as is_many from pair)
    insert into provisioning_key (connection_id, target_id, global_user_id, cause)
    select distinct p.connection_id, p.target_id, case when not m.is_many then p.id end, ${cause} from pair p, many m
    returning connection_id`.execute(tx);
  for (const id of new Set(rows.map((row) => row.connection_id))) after.reconcile(id);
  await enqueueReaders(tx, after, { people, cause });
  if (groups.length > 0) await enqueueOwnersIn(tx, after, groups);
}

/** Policies for their author's own sources follow who owns these, which a group may say. */
const enqueueOwnersIn = (tx: Tx, after: AfterCommit, groups: readonly string[]): Promise<boolean> =>
  enqueuePolicySources(tx, after, {
    connections: sql`select o.connection_id from data_object_role r join user_group g on g.id = r.group_id
      join data_object o on o.id = r.data_object_id where r.role = 'Data Owner' and g.name = any(${[...groups]}::text[])`,
    scope: sql<boolean>`p.scope = 'restricted'`,
    cause: 'group',
  });

/**
 * Wakes the reconciler for the whole of some connections where sources are new, go, or are called otherwise: as far as any
 * policy is in force, or what is new is to be read through a view.
 */
export async function enqueuePolicySources(
  tx: Tx,
  after: AfterCommit,
  change: { connections: RawBuilder<unknown>; scope?: RawBuilder<boolean>; cause: KeyCause },
): Promise<boolean> {
  const { connections, scope = sql<boolean>`true`, cause } = change;
  const { rows } = await sql<{ connection_id: string }>`
    insert into provisioning_key (connection_id, cause)
    select distinct w.id, ${cause} from (${connections}) w (id)
    where exists (select from policy p where p.state = 'active' and not p.protected and p.deleted_at is null
        and ${scope}) or w.id in (${viewedConnections})
    returning connection_id`.execute(tx);
  for (const row of rows) after.reconcile(row.connection_id);
  return rows.length > 0;
}
