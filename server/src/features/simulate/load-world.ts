import type { Technology } from '@stoa/contract/enums';
import type { AccessFacts, Source, Target } from '@stoa/core/access/model';
import type { SimulatedWorld } from '@stoa/core/simulate/world';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { loadFacts } from '../../provisioning/load-facts.ts';
import { loadMaskSources, type MaskSource } from '../../provisioning/load-mask-facts.ts';
import { loadEverybody } from '../../provisioning/policy-facts.ts';
import { loadPolicySources } from '../../provisioning/policy-sources.ts';
import { loadStoredParts, type StoredPart } from '../../provisioning/store-parts.ts';
import { personFacts } from '@stoa/core/condition/facts';
import { loadActivePolicies } from '../policy/load-active.ts';
import { allTags } from '../tag/stored-tags.ts';

export type ConnectionPlace = { readonly id: string; readonly connectionKey: string; readonly technology: Technology };

/** The facts of one connection, apart from what policies make of them, and the world that changes are applied to. */
export type LoadedWorld = {
  readonly place: ConnectionPlace;
  readonly facts: AccessFacts;
  readonly products: readonly Target[];
  readonly policySources: readonly Source[];
  readonly everybody: AccessFacts['users'];
  readonly stored: readonly StoredPart[];
  /** The number that the next container would get. */
  readonly nextNumber: number;
  readonly names: ReadonlyMap<number, string>;
  readonly world: SimulatedWorld;
  /** The sources as data policies see them; null where none of these matters. */
  readonly masks: { readonly sources: readonly MaskSource[]; readonly closed: ClosedSources } | null;
};

/** Sources whose masks did not stand when they were last looked at; `all`: nothing to stand on is there for any. */
export type ClosedSources = { readonly ids: ReadonlySet<number>; readonly all: boolean };

/** Whose eyes a world is read with: those of everybody, or of a transaction that is open. */
export type WorldReader = { readonly db: Reader; readonly installationId: string };

export async function loadPlatformPlaces(db: Reader): Promise<ConnectionPlace[]> {
  const { rows } = await sql<ConnectionPlace>`
    select c.id, c.connection_key as "connectionKey", c.technology from connection c
    where c.state not in ('draft', 'deleting') and exists (select from data_source s where s.connection_id = c.id and s.enabled)
    order by c.connection_key`.execute(db);
  return rows;
}

/** Everything that access on a connection follows from, read once. */
export async function loadWorld(
  { db, installationId }: WorldReader,
  place: ConnectionPlace,
  { needsMasks }: { needsMasks: boolean },
): Promise<LoadedWorld> {
  const { facts } = await loadFacts(db, { connectionId: place.id, installationId, scope: { kind: 'all' } });
  const sources = await loadPolicySources(db, place.id, { sourceIds: null, needs: { tags: true, columns: true } });
  const products = facts.targets.filter((target) => target.kind !== 'po');
  const everybody = (await loadEverybody(db, place.id)).map(({ facts: row, ...user }) => ({
    ...user,
    person: personFacts(row),
  }));
  const world: SimulatedWorld = {
    policies: await loadActivePolicies(db),
    sources: sources.map((one) => one.facts),
    people: new Map(everybody.map((user) => [user.globalUserId, user.person])),
    dynamicDomains: await loadDynamicDomains(db),
    suspended: new Map(),
  };
  return {
    place,
    facts,
    products,
    policySources: sources.map((one) => one.source),
    everybody,
    stored: await loadStoredParts(db, place.id, products),
    nextNumber: await nextContainerNumber(db),
    names: new Map(sources.map(({ facts: one }) => [one.dataSourceId, one.objectPath.slice(-2).join('.')])),
    world,
    masks:
      needsMasks || world.policies.some((policy) => policy.type === 'data')
        ? {
            sources: await loadMaskSources(db, place.id),
            closed: await loadClosed(db, place.id),
          }
        : null,
  };
}

async function loadClosed(db: Reader, connectionId: string): Promise<ClosedSources> {
  const { rows } = await sql<{ id: number; reason: string | null }>`
    select data_source_id as id, reason from source_protection where connection_id = ${connectionId} and state = 'closed'`.execute(
    db,
  );
  return {
    ids: new Set(rows.map((row) => row.id)),
    all: rows.some((row) => row.reason === 'protection.not_set_up'),
  };
}

async function loadDynamicDomains(db: Reader): Promise<{ id: string; tag: string }[]> {
  const { rows: dynamic } = await sql<{ id: string; tag_id: number }>`
    select id, tag_id from domain where mode = 'dynamic'`.execute(db);
  if (dynamic.length === 0) return [];
  const { rows } = await sql<{ id: string; tag: string }>`
    select d.id, t.name as tag from domain d join (${allTags(sql`true`)}) t on t.id = d.tag_id where d.mode = 'dynamic'`.execute(
    db,
  );
  return rows;
}

async function nextContainerNumber(db: Reader): Promise<number> {
  const { rows } = await sql<{ next: number }>`select coalesce(max(number), 0)::int + 1 as next from container`.execute(
    db,
  );
  return rows[0]?.next ?? 1;
}
