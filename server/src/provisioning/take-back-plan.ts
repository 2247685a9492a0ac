import { createHash } from 'node:crypto';
import type { PlatformSession } from '@stoa/connectors/connector';
import { compileAccess } from '@stoa/core/access/compile';
import type { AccessFacts, DesiredAccess } from '@stoa/core/access/model';
import {
  type ExistingGrant,
  type GrantFacts,
  type KeptGroup,
  type KeptReason,
  planTakeBack,
  type TakeBackMode,
  type TakenGroup,
} from '@stoa/core/provisioning/existing-grants';
import { type ObservedState, observeScope } from '@stoa/core/provisioning/observed';
import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import { loadPushableFacts } from './load-pushable-facts.ts';

/** What is asked: `named` are `grantKey`s. */
export type TakeBackAsk = {
  readonly mode: TakeBackMode;
  readonly path: readonly string[];
  readonly named: readonly string[] | null;
};

/** One statement, whom it touches, and whether each of these reads the object by Stoa as well. */
export type PlannedStatement = {
  readonly group: TakenGroup;
  readonly sql: string;
  readonly people: readonly { readonly globalUserId: string; readonly keeps: boolean }[];
};
export type KeptGrant = {
  readonly object: string;
  readonly grantee: string;
  readonly privilege: string;
  readonly reason: KeptReason;
  readonly waiting: readonly string[];
};
export type PlannedTakeBack = {
  readonly planHash: string;
  readonly observedAt: string;
  readonly statements: readonly PlannedStatement[];
  readonly kept: readonly KeptGrant[];
};

/** Looks at the platform and plans by what is there now; nothing is written there. Throws `ConnectorError`. */
export async function planTakeBackOf(deps: Deps, connectionId: string, ask: TakeBackAsk): Promise<PlannedTakeBack> {
  const session = await deps.platforms.session(connectionId);
  const observedAt = new Date().toISOString();
  const { facts } = await loadPushableFacts(deps, {
    connectionId,
    installationId: deps.installationId,
    scope: { kind: 'all' },
  });
  const desired = compileAccess(facts);
  const observed = await session.observe(observeScope(desired));
  const grants = await readGrants(deps, session, { connectionId, ask, desired, observed });
  const about = { facts, desired, observed, grants };
  const question = { ...ask, named: ask.named === null ? null : new Set(ask.named) };
  const grantFacts = await factsOf(session, about);
  const plan = planTakeBack(grantFacts, question);
  const statements = session.takeBackStatements(plan.taken).map((one, at): PlannedStatement => {
    const group = plan.taken[at];
    if (group === undefined) throw new Error('a statement of no grant');
    return { group, sql: one.sql, people: peopleOf(desired, group, grantFacts.keeps) };
  });
  const ways = ask.named === null ? otherWays(about, ask.path) : [];
  return {
    planHash: hashOf(ask, statements),
    observedAt,
    statements,
    kept: [...plan.kept.map((one) => toKept(desired, one)), ...ways],
  };
}

type About = {
  readonly facts: AccessFacts;
  readonly desired: DesiredAccess;
  readonly observed: ObservedState;
  readonly grants: readonly ExistingGrant[];
};

const containerIdsOf = (observed: ObservedState): string[] =>
  observed.containers.filter(({ ours }) => ours).map(({ platformId }) => platformId);

type Reading = Pick<About, 'desired' | 'observed'> & { readonly connectionId: string; readonly ask: TakeBackAsk };

/** Of the governed objects below the path. */
async function readGrants(deps: Deps, session: PlatformSession, reading: Reading): Promise<readonly ExistingGrant[]> {
  const { connectionId, ask, desired, observed } = reading;
  const objectIds = ask.path.length === 0 ? desired.governed : await governedBelow(deps, connectionId, ask.path);
  return objectIds.length === 0 ? [] : session.observeGrants({ objectIds, containerIds: containerIdsOf(observed) });
}

async function governedBelow(deps: Deps, connectionId: string, path: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select o.platform_id as id from data_source s join data_object o on o.id = s.data_object_id
    where s.connection_id = ${connectionId} and s.enabled and o.missing_since is null and o.platform_id is not null
      and o.object_path[1:${path.length}] = ${[...path]}::text[]`.execute(deps.db);
  return rows.map((row) => row.id);
}

async function factsOf(session: PlatformSession, about: About): Promise<GrantFacts> {
  const { desired, observed, grants } = about;
  const roleIds = [...new Set(grants.filter((one) => !one.isOurs).map((one) => one.granteeId))];
  const found = await session.observeStrangers({
    roleIds,
    principals: [...desired.principals.keys()],
    containerIds: containerIdsOf(observed),
  });
  const strangers = new Map<string, string[]>();
  for (const { roleId, name, canLogin } of found.logins)
    if (canLogin) strangers.set(roleId, [...(strangers.get(roleId) ?? []), name]);
  return {
    grants,
    reach: observed.reach,
    strangers: found.isCut ? null : strangers,
    names: new Map(observed.principals.map((one) => [one.platformId, one.name])),
    protectedNames: new Set(desired.protectedPrincipals),
    keeps: await provedWays(session, about),
  };
}

/**
 * Whether a login reads an object by a container of ours: by what should be, by what stands on the platform, and by the platform's own
 * answer. A masked table is read by its view.
 */
async function provedWays(session: PlatformSession, about: About): Promise<GrantFacts['keeps']> {
  const { facts, desired, observed } = about;
  const ids = new Map(observed.containers.flatMap((one) => (one.ours ? [[one.name, one.platformId]] : [])));
  const isOurs = ({ ours }: { ours: boolean }): boolean => ours || !observed.separateGrantors;
  const members = new Set(observed.memberships.filter(isOurs).map((one) => `${one.container}/${one.principalId}`));
  const held = new Set(
    observed.privileges.flatMap((one) => (one.privilege === 'SELECT' ? [`${one.container}/${one.objectId}`] : [])),
  );
  const standing = desired.containers.flatMap((container) => {
    const containerId = ids.get(container.name);
    if (!container.exists || containerId === undefined) return [];
    const { name } = container;
    return [
      {
        containerId,
        objects: container.objects.filter((one) => held.has(`${name}/${one.platformId}`)),
        principals: container.members.map((one) => one.principalId).filter((id) => members.has(`${name}/${id}`)),
      },
    ];
  });
  const proofs = await session.probe(
    standing.flatMap(({ containerId, objects, principals }) => [
      ...principals.map((principalId) => ({ kind: 'member' as const, principalId, containerId })),
      { kind: 'read' as const, principalId: containerId, objectIds: objects.map((one) => one.platformId) },
    ]),
  );
  const isIn = new Set(
    proofs.flatMap((one) => (one.kind === 'member' && one.effective ? [`${one.containerId}/${one.principalId}`] : [])),
  );
  const reads = new Set(
    proofs.flatMap((one) => (one.kind === 'read' && one.readable ? [`${one.principalId}/${one.objectId}`] : [])),
  );
  const sourceOf = sourcesByObject(facts);
  const ways = new Map<string, Set<number>[]>();
  for (const { containerId, objects, principals } of standing) {
    const proved = objects.filter((one) => reads.has(`${containerId}/${one.platformId}`));
    const sources = new Set(proved.map((one) => one.dataSourceId));
    for (const id of principals) if (isIn.has(`${containerId}/${id}`)) ways.set(id, [...(ways.get(id) ?? []), sources]);
  }
  return (principalId, objectId) => {
    const sourceId = sourceOf.get(objectId);
    return sourceId !== undefined && (ways.get(principalId) ?? []).some((sources) => sources.has(sourceId));
  };
}

const sourcesByObject = ({ sources }: AccessFacts): ReadonlyMap<string, number> =>
  new Map(
    sources.flatMap(({ dataSourceId, platformId, protection }) => {
      const view = protection?.view?.platformId;
      return [[platformId, dataSourceId], ...(view === undefined ? [] : [[view, dataSourceId] as const])] as const;
    }),
  );

function peopleOf(
  { principals }: DesiredAccess,
  { people, objectId }: TakenGroup,
  keeps: GrantFacts['keeps'],
): PlannedStatement['people'] {
  const found = people.flatMap((id) => {
    const globalUserId = principals.get(id);
    return globalUserId === undefined ? [] : [{ globalUserId, keeps: keeps(id, objectId) }];
  });
  return found.toSorted((a, b) => a.globalUserId.localeCompare(b.globalUserId));
}

/** How a list names what a group is about. */
export const privilegeWords = ({ privileges, column }: Pick<KeptGroup, 'privileges' | 'column'>): string =>
  `${privileges.join(', ')}${column === null ? '' : ` (${column})`}`;

const toKept = ({ principals }: DesiredAccess, group: KeptGroup): KeptGrant => ({
  object: group.objectPath.join('.'),
  grantee: group.granteeName,
  privilege: privilegeWords(group),
  reason: group.reason,
  waiting: group.waiting.flatMap((id) => principals.get(id) ?? []),
});

const reasonOf = { owner: 'owner', superuser: 'superuser', 'read-all': 'reads_all' } as const;

/** Ways of people that no grant makes: whoever owns, rules or reads all. */
function otherWays({ observed }: About, path: readonly string[]): KeptGrant[] {
  const reached = new Set([...observed.reach.values()].flatMap((roles) => [...roles]));
  return observed.foreign.flatMap(({ route, objectPath, granteeId, granteeName, privilege }) => {
    if ((route !== 'owner' && route !== 'superuser' && route !== 'read-all') || !reached.has(granteeId)) return [];
    if (route === 'owner' && !path.every((name, at) => objectPath[at] === name)) return [];
    const reason = reasonOf[route];
    return [{ object: objectPath.join('.'), grantee: granteeName, privilege, reason, waiting: [] }];
  });
}

/** What two people agree on: each statement in its order, who runs it, and who loses by it. */
function hashOf({ mode, path }: TakeBackAsk, statements: readonly PlannedStatement[]): string {
  const listed = statements.map(({ sql: text, group, people }) => [text, group.objectId, group.runs, people]);
  return createHash('sha256')
    .update(JSON.stringify([mode, path, listed]))
    .digest('base64url');
}
