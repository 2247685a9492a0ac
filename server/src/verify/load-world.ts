import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import type {
  ApprovalFact,
  ConnectionFact,
  LoginFact,
  PersonFact,
  PolicyFact,
  RecordedFact,
  SourceFact,
  TargetFactRow,
} from './facts.ts';
import { groupBy } from './group-by.ts';
import { loadSources } from './load-sources.ts';
import { loadTargets } from './load-targets.ts';

/** Every stored fact that bears on who may read what, as of one moment. */
export type World = {
  /** By the clock of the application database. */
  readonly now: Date;
  readonly installationId: string;
  readonly connections: readonly ConnectionFact[];
  readonly people: ReadonlyMap<string, PersonFact>;
  readonly sources: readonly SourceFact[];
  readonly policies: readonly PolicyFact[];
  readonly targets: ReadonlyMap<string, TargetFactRow>;
  readonly approvals: readonly ApprovalFact[];
  /** By connection. */
  readonly logins: ReadonlyMap<string, readonly LoginFact[]>;
  readonly recorded: ReadonlyMap<string, readonly RecordedFact[]>;
  /** Which role of a connection stands for which product or asset: a register of names. */
  readonly containers: ReadonlyMap<string, readonly ContainerFact[]>;
  /** Platform ids of what crawls have found, by connection. */
  readonly crawled: ReadonlyMap<string, ReadonlySet<string>>;
};
export type ContainerFact = { readonly targetId: string; readonly kind: string; readonly number: number };

const nfc = (text: string): string => text.normalize('NFC');

/** Reads the facts; `db` is a transaction that sees one moment. */
export async function loadWorld(db: Reader): Promise<World> {
  const { rows } = await sql<{ now: Date; installation: string | null }>`
    select now() as now, (select value ->> 'id' from setting where name = 'installation') as installation`.execute(db);
  const { rows: connections } = await sql<ConnectionFact>`
    select id, connection_key as key, technology, state, down_since as "downSince" from connection
    where state <> 'deleting' order by connection_key`.execute(db);
  return {
    now: rows[0]?.now ?? new Date(0),
    installationId: rows[0]?.installation ?? '',
    connections,
    people: await loadPeople(db),
    sources: await loadSources(db),
    policies: await loadPolicies(db),
    targets: await loadTargets(db),
    approvals: await loadApprovals(db),
    logins: await loadLogins(db),
    recorded: await loadRecorded(db),
    containers: await loadContainers(db),
    crawled: await loadCrawled(db),
  };
}

async function loadPeople(db: Reader): Promise<Map<string, PersonFact>> {
  type Row = { id: string; username: string; iam: string | null; status: string };
  const { rows } = await sql<Row>`
    select global_user_id as id, username, iam_id as iam, status from app_user`.execute(db);
  const { rows: members } = await sql<{ id: string; group: string; groupId: string }>`
    select m.global_user_id as id, g.name as "group", g.id::text as "groupId"
    from group_member m join user_group g on g.id = m.group_id`.execute(db);
  const { rows: values } = await sql<{ type: string; id: string; name: string; value: string }>`
    select principal_type as type, principal_id as id, name, value from attribute`.execute(db);
  const ofPrincipal = groupBy(values, ({ type, id }) => `${type} ${id}`);
  const ofPerson = groupBy(members, ({ id }) => id);
  return new Map(
    rows.map(({ id, username, iam, status }) => {
      const groups = ofPerson.get(id) ?? [];
      const held = [
        ...(ofPrincipal.get(`user ${id}`) ?? []),
        ...groups.flatMap(({ groupId }) => ofPrincipal.get(`group ${groupId}`) ?? []),
      ];
      const attributes = new Map<string, Set<string>>();
      for (const { name, value } of held)
        attributes.set(nfc(name), (attributes.get(nfc(name)) ?? new Set()).add(nfc(value)));
      const person = {
        id,
        username: nfc(username),
        iam: iam === null ? null : nfc(iam),
        isActive: status === 'active',
        groups: new Set(groups.map(({ group }) => nfc(group))),
        attributes,
      };
      return [id, person];
    }),
  );
}

/** Policies in force, with what owners decided. Those in which approvals stand give nothing by themselves. */
async function loadPolicies(db: Reader): Promise<PolicyFact[]> {
  type Row = Omit<PolicyFact, 'owned' | 'selected' | 'certified' | 'off'> & {
    owned: number[];
    selected: number[];
    certified: number[];
    off: number[];
  };
  const { rows } = await sql<Row>`
    with recursive node (author, id) as (
      select p.created_by, r.data_object_id from (select distinct created_by from policy where scope = 'restricted') p
        join data_object_role r on r.role = 'Data Owner' and (r.user_id = p.created_by
          or r.group_id in (select m.group_id from group_member m where m.global_user_id = p.created_by))
      union
      select n.author, o.id from node n join data_object o on o.parent_id = n.id
    )
    select p.id, p.policy_key as key, p.name, p.kind, p.scope, p.domain_id as "domainId", p.data_source_id as "sourceId", p.body,
      array(select s.id from node n join data_source s on s.data_object_id = n.id where n.author = p.created_by) as owned,
      array(select x.data_source_id from policy_source x where x.policy_id = p.id and x.selected_at is not null) as selected,
      array(select x.data_source_id from policy_certification x where x.policy_id = p.id and x.round = p.certification_round) as certified,
      array(select x.data_source_id from policy_source x where x.policy_id = p.id and x.off_at is not null) as off
    from policy p where p.state = 'active' and not p.protected and p.deleted_at is null`.execute(db);
  return rows
    .filter((row) => row.scope !== 'local' || row.sourceId !== null)
    .map((row) => ({
      ...row,
      owned: new Set(row.owned),
      selected: new Set(row.selected),
      certified: new Set(row.certified),
      off: new Set(row.off),
    }));
}

async function loadApprovals(db: Reader): Promise<ApprovalFact[]> {
  const { rows } = await sql<ApprovalFact>`
    select id, target_id as "targetId", beneficiary, status, expiration as "notAfter", ended_at as "endedAt", decided_at as "decidedAt",
      awaits_acceptance as "awaitsAcceptance"
    from access_request where type = 'DATA_ACCESS' and status in ('APPROVED', 'EXPIRED', 'REVOKED') and target_id is not null
    order by id`.execute(db);
  return rows;
}

async function loadLogins(db: Reader): Promise<Map<string, LoginFact[]>> {
  const { rows } = await sql<LoginFact & { connection: string }>`
    select connection_id as connection, global_user_id as "personId", platform_principal_id as principal, external_name as name
    from platform_identity where state in ('mapped', 'fallback') and platform_principal_id is not null`.execute(db);
  return groupBy(rows, ({ connection }) => connection);
}

async function loadRecorded(db: Reader): Promise<Map<string, RecordedFact[]>> {
  const { rows } = await sql<RecordedFact & { connection: string }>`
    select connection_id as connection, finding, detail ->> 'container' as container, detail ->> 'objectId' as "objectId",
      detail ->> 'principalId' as "principalId"
    from drift_finding where closed_at is null`.execute(db);
  return groupBy(rows, ({ connection }) => connection);
}

async function loadContainers(db: Reader): Promise<Map<string, ContainerFact[]>> {
  const { rows } = await sql<ContainerFact & { connection: string }>`
    select connection_id as connection, target_id as "targetId", kind, number from container`.execute(db);
  return groupBy(rows, ({ connection }) => connection);
}

async function loadCrawled(db: Reader): Promise<Map<string, Set<string>>> {
  const { rows } = await sql<{ connection: string; id: string }>`
    select connection_id as connection, platform_id as id from data_object
    where platform_id is not null and missing_since is null`.execute(db);
  return new Map(
    [...groupBy(rows, (row) => row.connection)].map(([key, of]) => [key, new Set(of.map(({ id }) => id))]),
  );
}
