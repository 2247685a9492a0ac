import type { AccessExplanation } from '@stoa/contract/access';
import type { NodeRole, IdentityState, Technology } from '@stoa/contract/enums';
import type { Actor } from '@stoa/core/permissions/objects';
import type { AccessFacts, Protection, Source } from '@stoa/core/access/model';
import type { SourceRules } from '@stoa/core/access/policy-rules';
import { type PersonRow, personFacts } from '@stoa/core/condition/facts';
import type { PersonFacts } from '@stoa/core/condition/model';
import { remainderKey } from '@stoa/core/condition/remainder';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { Deps } from '../../deps.ts';
import { loadFacts } from '../../provisioning/load-facts.ts';
import { protectionJson } from '../../provisioning/load-sources.ts';
import { loadSourcePolicies } from '../../provisioning/load-standings.ts';
import type { LoadedPolicySource } from '../../provisioning/policy-sources.ts';
import { personFactsJson } from '../../provisioning/person-facts.ts';
import { ownerNames } from '../data-object/owner-names.ts';
import { rolesOn } from '../data-object/held-roles.ts';
import { sourcesOfMember } from '../../provisioning/sources-of-member.ts';
import { assetsOver } from '../../provisioning/sources-of-target.ts';
import { type ExplainedMaskFacts, loadExplainedMasks } from './load-explained-masks.ts';

export type ExplainedSource = {
  /** Names of those who answer for its data, the nearest first. */
  readonly owners: readonly string[];
  readonly callerRoles: readonly NodeRole[];
  id: number;
  name: string;
  connection_id: string;
  connection_key: string;
  technology: Technology;
  object_path: string[];
  /** As the platform has it: it may be in no product and no asset that was ever asked for. */
  object: Source;
  view_path: string[] | null;
  domains: { id: string; name: string }[];
  products: { id: string; name: string; slug: string; suspended: boolean }[];
  /** The object itself, and what is above it, nearest first: each can be asked for as an asset. */
  assets: { id: string; name: string }[];
};

export type PersonOfQuestion = { readonly facts: PersonFacts; readonly raw: PersonRow };
export type IdentityRow = {
  externalName: string;
  principalId: string | null;
  state: IdentityState;
  /** Why it is not found, as a sentence. */
  reason: string | null;
};
type SourceRow = Omit<ExplainedSource, 'object'> & { object: Omit<Source, 'protection'>; exposure: Protection | null };

/** Everything that answers are made of, about one source and some people; read once, however many people they are. */
export type ExplainedFacts = {
  readonly source: ExplainedSource;
  readonly access: AccessFacts;
  readonly policy: {
    readonly rules: SourceRules | undefined;
    readonly loaded: LoadedPolicySource | undefined;
    /** The number of the container of what policies give here; null while it is not made. */
    readonly containerNumber: number | null;
  };
  readonly people: ReadonlyMap<string, PersonOfQuestion>;
  readonly identities: ReadonlyMap<string, IdentityRow>;
  /** Ways around our containers that the last sweep saw: by principal, and of everybody. */
  readonly bypass: { readonly of: ReadonlyMap<string, readonly string[]>; readonly everybody: readonly string[] };
  readonly proofs: ReadonlyMap<string, NonNullable<AccessExplanation['proof']>>;
  readonly masks: ExplainedMaskFacts | undefined;
};

export async function loadExplainedSource(db: Reader, id: number, actor: Actor): Promise<ExplainedSource | undefined> {
  const { rows } = await sql<SourceRow>`
    select s.id, s.name, s.connection_id, c.connection_key, c.technology, o.object_path, ${protectionJson} as exposure,
      json_build_object('dataSourceId', s.id, 'platformId', coalesce(o.platform_id, ''), 'schemaPlatformId', coalesce(parent.platform_id, ''),
        'objectPath', o.object_path, 'objectType', o.object_type, 'ownerPlatformId', o.owner_platform_id, 'enabled', s.enabled,
        'hold', o.hold is not null, 'missing', o.missing_since is not null or o.platform_id is null) as object,
      sp.view_path, ${ownerNames(sql`s.data_object_id`)} as owners,
      ${rolesOn(actor, sql`s.data_object_id`)} as "callerRoles",
      (select coalesce(json_agg(json_build_object('id', d.id, 'name', d.name)), '[]') from domain d join domain_data_source x on x.domain_id = d.id
        where x.data_source_id = s.id) as domains,
      (select coalesce(json_agg(json_build_object('id', p.id, 'name', p.name, 'slug', p.slug, 'suspended', p.suspended) order by p.name), '[]')
        from data_product p join data_product_source x on x.data_product_id = p.id where x.data_source_id = s.id and p.deleted_at is null) as products,
      (select json_agg(json_build_object('id', a.id, 'name', array_to_string(a.object_path, '.')) order by cardinality(a.object_path) desc)
        from data_object a where a.id in (${assetsOver(sql`o.id`)})) as assets
    from data_source s join connection c on c.id = s.connection_id join data_object o on o.id = s.data_object_id
      left join data_object parent on parent.id = o.parent_id left join source_protection sp on sp.data_source_id = s.id
    where s.id = ${id}`.execute(db);
  return rows.map(({ exposure, object, ...row }) => ({
    ...row,
    object: { ...object, ...(exposure === null ? {} : { protection: exposure }) },
  }))[0];
}

/** The facts of some people and one source, with what policies say of both. */
export async function loadExplained(
  deps: Deps,
  source: ExplainedSource,
  userIds: readonly string[],
): Promise<ExplainedFacts> {
  const { db } = deps;
  const targets = [...source.products, ...source.assets];
  const { facts: access } = await loadFacts(db, {
    connectionId: source.connection_id,
    installationId: deps.installationId,
    scope: {
      kind: 'keys',
      keys: targets.flatMap((target) => userIds.map((globalUserId) => ({ targetId: target.id, globalUserId }))),
    },
    source: source.id,
  });
  const identities = await loadIdentities(db, source.connection_id, userIds);
  const principals = [...identities.values()].flatMap(({ principalId }) => principalId ?? []);
  const [policy, people, bypass, proofs, masks] = await Promise.all([
    loadPolicy(db, source),
    loadPersons(db, userIds),
    loadBypass(db, source, principals),
    loadProofs(db, source, userIds),
    loadExplainedMasks(db, source, userIds),
  ]);
  return { source, access, policy, people, identities, bypass, proofs, masks };
}

async function loadPolicy(db: Reader, source: ExplainedSource): Promise<ExplainedFacts['policy']> {
  const { rules, sources } = await loadSourcePolicies(db, [source.id]);
  const of = rules.get(source.id);
  const key = of === undefined ? null : remainderKey(of.access);
  const { rows } =
    key === null
      ? { rows: [] }
      : await sql<{ number: number }>`
        select c.number::int as number from container c join container_part p on p.connection_id = c.connection_id and p.target_id = c.target_id
        where c.connection_id = ${source.connection_id} and c.kind = 'po' and p.key = ${key}`.execute(db);
  return { rules: of, loaded: sources.get(source.id), containerNumber: rows[0]?.number ?? null };
}

async function loadPersons(db: Reader, userIds: readonly string[]): Promise<Map<string, PersonOfQuestion>> {
  const { rows } = await sql<{ raw: PersonRow }>`
    select ${personFactsJson} as raw from app_user u where u.global_user_id = any(${[...userIds]}::uuid[])`.execute(db);
  return new Map(rows.map(({ raw }) => [raw.globalUserId, { raw, facts: personFacts(raw) }]));
}

async function loadIdentities(
  db: Reader,
  connectionId: string,
  userIds: readonly string[],
): Promise<Map<string, IdentityRow>> {
  const { rows } = await sql<IdentityRow & { userId: string }>`
    select global_user_id as "userId", external_name as "externalName", platform_principal_id as "principalId", state, reason from platform_identity
    where connection_id = ${connectionId} and global_user_id = any(${[...userIds]}::uuid[])`.execute(db);
  return new Map(rows.map(({ userId, ...identity }) => [userId, identity]));
}

/**
 * Grants of others, ownership, PUBLIC: on the table, on the view before it, and what opens everything; members that others put into a
 * container of ours that reads it; and what has ended and the platform was not seen to refuse yet.
 */
async function loadBypass(
  db: Reader,
  source: ExplainedSource,
  principals: readonly string[],
): Promise<ExplainedFacts['bypass']> {
  if (principals.length === 0) return { of: new Map(), everybody: [] };
  const objects = [source.object_path, ...(source.view_path === null ? [] : [source.view_path])];
  const { rows } = await sql<{ principal: string; privilege: string; consumers: string[] }>`
    select f.principal, case f.finding when 'bypass' then f.privilege else f.privilege || ' of ' || f.object end as privilege,
      array(select w.id from jsonb_array_elements_text(f.detail -> 'consumers') w (id)
        where w.id = any(${principals}::text[])) as consumers
    from drift_finding f
    where f.connection_id = ${source.connection_id} and f.closed_at is null and case f.finding
      when 'bypass' then f.detail ->> 'objectId' is null or f.object = any(${objects.map((path) => path.join('.'))}::text[])
      when 'unknown_member' then ${source.id} in (${sourcesOfMember}) else false end
    order by f.object, f.principal, f.privilege`.execute(db);
  const of = new Map<string, string[]>();
  const everybody: string[] = [];
  for (const { principal, privilege, consumers } of rows) {
    const way = `${privilege} held by ${principal}`;
    // Of those whom a way is open to, a finding names so many; what is everybody's is everybody's.
    if (principal === 'PUBLIC') everybody.push(way);
    else for (const id of consumers) of.set(id, [...(of.get(id) ?? []), way]);
  }
  const targetIds = [...source.products, ...source.assets].map((target) => target.id);
  const { rows: left } = await sql<{ id: string; state: string }>`
    select distinct i.platform_principal_id as id, m.state from membership_status m
      join platform_identity i on i.connection_id = m.connection_id and i.global_user_id = m.global_user_id
      join access_request r on r.id = m.access_request_id
    where m.connection_id = ${source.connection_id} and i.platform_principal_id = any(${principals}::text[])
      and m.target_id = any(${targetIds}::uuid[]) and m.active_at is not null and m.removed_at is null
      and (r.status in ('REVOKED', 'EXPIRED') or r.status = 'APPROVED' and r.expiration <= now())`.execute(db);
  for (const { id, state } of left)
    of.set(id, [...(of.get(id) ?? []), `access that has ended and was not seen to be refused yet (${state})`]);
  return { of, everybody };
}

async function loadProofs(
  db: Reader,
  source: ExplainedSource,
  userIds: readonly string[],
): Promise<ExplainedFacts['proofs']> {
  const targetIds = [...source.products, ...source.assets].map((target) => target.id);
  const { rows } = await sql<{ user_id: string; principal: string; probe: string; verified_at: Date }>`
    select distinct on (m.global_user_id) m.global_user_id as user_id, m.principal, m.probe, m.verified_at from membership_status m
    where m.connection_id = ${source.connection_id} and m.global_user_id = any(${[...userIds]}::uuid[])
      and m.target_id = any(${targetIds}::uuid[]) and m.verified_at is not null and m.probe is not null and m.principal is not null
    order by m.global_user_id, m.verified_at desc`.execute(db);
  return new Map(
    rows.map(({ user_id, principal, probe, verified_at }) => [
      user_id,
      { principal, probe, observedAt: verified_at.toISOString() },
    ]),
  );
}
