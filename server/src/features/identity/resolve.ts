import type { ConnectionSettings } from '@stoa/contract/connection';
import type { IdentityState } from '@stoa/contract/enums';
import { ConnectorError, type PrincipalRefusal, type ResolvedPrincipal } from '@stoa/connectors/connector';
import { sql } from 'kysely';
import { appendAudit, systemActor } from '../../audit/append.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';

export type ResolvedIdentity = {
  externalName: string;
  principalId: string | null;
  state: IdentityState;
  reason: string | null;
};

type Candidate = {
  globalUserId: string;
  username: string;
  personName: string;
  email: string | null;
  connectionKey: string;
  template: string;
  /** Null: no row yet. */
  externalName: string | null;
  principalId: string | null;
  state: IdentityState | null;
  reason: string | null;
  isManual: boolean;
  /** What the template gave before the person, or the template, was changed: no name of theirs any more. */
  formerName?: string;
};

/**
 * The name that a connection's template gives a person; undefined when a part of it is missing. `{username:lower}` gives a part in
 * lower case, as logins mostly are.
 */
export function nameOf(
  template: ConnectionSettings['identityTemplate'],
  person: { username: string; email: string | null },
): string | undefined {
  const parts: Record<string, string | undefined> = {
    username: person.username,
    email: person.email ?? undefined,
    emailLocalPart: person.email?.split('@')[0],
  };
  let isWhole = true;
  const name = template.replaceAll(/\{(\w+)(:lower)?\}/g, (_, word: string, lower: string | undefined) => {
    const part = parts[word];
    if (part === undefined || part === '') isWhole = false;
    return (lower === undefined ? part : part?.toLowerCase()) ?? '';
  });
  return isWhole && name !== '' ? name : undefined;
}

const refusals: Record<PrincipalRefusal, string> = {
  reserved: 'The platform reserves this name.',
  too_long: 'The name is longer than the platform allows; it would be cut to another one.',
  control_character: 'The name holds characters that the platform does not allow.',
  empty: 'The name is empty.',
  no_login: 'It is a role that cannot log in.',
  no_inherit: 'The login does not inherit the rights of its roles, so a grant would not be access.',
  own_account: "It is Stoa's own account.",
};
export const describeRefusal = (refusal: PrincipalRefusal): string => refusals[refusal];

/** What the platform's answer makes of an identity. A principal with another id is another one, whatever it is called. */
export function judge(
  found: ResolvedPrincipal | undefined,
  known: { principalId: string | null; isManual: boolean },
): Omit<ResolvedIdentity, 'externalName'> {
  if (found === undefined || (found.platformId === null && found.refusal === null))
    return { principalId: known.principalId, state: 'absent', reason: 'Nobody on the platform has this name.' };
  if (found.refusal !== null)
    return { principalId: known.principalId, state: 'absent', reason: describeRefusal(found.refusal) };
  if (known.principalId !== null && known.principalId !== found.platformId) {
    const reason = 'The login was made anew on the platform; a user admin has to confirm that it is the same person.';
    return { principalId: known.principalId, state: 'unverified', reason };
  }
  return { principalId: found.platformId, state: known.isManual ? 'mapped' : 'fallback', reason: null };
}

/**
 * Asks the platform, in one call, who these people are on it: makes the row of those without one from the connection's
 * template, and verifies the others again. Answers the identities that there are, and who changed. The platform being
 * away leaves known rows as they are and new ones `unverified`. Without `keepsAbsent`, who has no row and is nobody there
 * gets none.
 */
export async function resolveIdentities(
  deps: Deps,
  connectionId: string,
  globalUserIds: readonly string[],
  { keepsAbsent = true }: { keepsAbsent?: boolean } = {},
): Promise<{ identities: Map<string, ResolvedIdentity>; changed: string[] }> {
  const candidates = await loadCandidates(deps, connectionId, globalUserIds);
  const named = candidates.flatMap((known) => {
    const given = known.isManual ? undefined : nameOf(known.template, known);
    const candidate = given === undefined || known.externalName === given ? known : withoutFormerName(known);
    const name = candidate.externalName ?? given;
    return name === undefined ? [] : [{ candidate, name }];
  });
  const identities = new Map<string, ResolvedIdentity>();
  if (named.length === 0) return { identities, changed: [] };
  const found = await askPlatform(deps, connectionId, [...new Set(named.map((n) => n.name))]);
  const changes: Change[] = [];
  for (const { candidate, name } of named) {
    const next = found === undefined ? unasked(candidate) : judge(found.get(name), candidate);
    if (!keepsAbsent && candidate.externalName === null && next.principalId === null) continue;
    identities.set(candidate.globalUserId, { externalName: name, ...next });
    const isSame =
      candidate.externalName !== null && candidate.state === next.state && candidate.principalId === next.principalId;
    if (!isSame || candidate.reason !== next.reason) changes.push({ candidate, name, next });
  }
  const stored = await store(deps, connectionId, { changes, verified: found === undefined ? [] : globalUserIds });
  for (const { candidate } of changes) {
    if (!stored.has(candidate.globalUserId)) identities.delete(candidate.globalUserId);
  }
  return { identities, changed: [...stored] };
}

const withoutFormerName = (known: Candidate): Candidate =>
  known.externalName === null
    ? known
    : { ...known, externalName: null, principalId: null, state: null, reason: null, formerName: known.externalName };

/**
 * The names that templates gave people before a part of them was changed are forgotten; the reconciler asks for the new ones. Who
 * forgets them enqueues the people for `identity`.
 */
export const forgetGivenNames = (
  tx: Tx,
  { people, parts }: { people: readonly string[]; parts: readonly ('username' | 'email')[] },
): Promise<unknown> =>
  sql`delete from platform_identity i using connection c where c.id = i.connection_id and not i.is_manual
    and i.global_user_id = any(${[...people]}::uuid[])
    and coalesce(c.settings ->> 'identityTemplate', '{username}') like any(${parts.map((part) => `%{${part}%`)}::text[])`.execute(
    tx,
  );

type Change = { candidate: Candidate; name: string; next: Omit<ResolvedIdentity, 'externalName'> };

/**
 * Somebody is found, lost or another one. Who was looked for and is nobody there, before as after, did not change: it is kept only
 * so that the next one need not ask. A name that an admin gave is told of in any state.
 */
const isOfSomebody = ({ candidate, next }: Change): boolean =>
  candidate.principalId !== next.principalId ||
  (candidate.state !== next.state && (next.principalId !== null || candidate.isManual));

const unasked = (candidate: Candidate): Omit<ResolvedIdentity, 'externalName'> => ({
  principalId: candidate.principalId,
  state: candidate.state ?? 'unverified',
  reason: candidate.state === null ? 'The platform could not be asked.' : candidate.reason,
});

async function loadCandidates(deps: Deps, connectionId: string, ids: readonly string[]): Promise<Candidate[]> {
  const { rows } = await sql<Candidate>`
    select u.global_user_id as "globalUserId", u.username, u.name as "personName", u.email, c.connection_key as "connectionKey",
      coalesce(c.settings ->> 'identityTemplate', '{username}') as template, i.external_name as "externalName",
      i.platform_principal_id as "principalId", i.state, i.reason, coalesce(i.is_manual, false) as "isManual"
    from app_user u join connection c on c.id = ${connectionId}
      left join platform_identity i on i.connection_id = c.id and i.global_user_id = u.global_user_id
    where u.global_user_id = any(${[...ids]}::uuid[]) order by u.global_user_id`.execute(deps.db);
  return rows;
}

/** What the platform says of names; undefined while it is away. */
export async function askPlatform(
  deps: Deps,
  connectionId: string,
  names: string[],
): Promise<Map<string, ResolvedPrincipal> | undefined> {
  try {
    const session = await deps.platforms.session(connectionId);
    const answers = await session.resolvePrincipals(names);
    return new Map(answers.map((answer) => [answer.name, answer]));
  } catch (error) {
    if (error instanceof ConnectorError) return undefined;
    throw error;
  }
}

/** Writes what changed, unless an admin named the person otherwise meanwhile, or somebody else has the name. */
async function store(
  deps: Deps,
  connectionId: string,
  what: { changes: readonly Change[]; verified: readonly string[] },
): Promise<Set<string>> {
  const { changes, verified } = what;
  if (changes.length === 0 && verified.length === 0) return new Set();
  return transact(deps, async (tx, after) => {
    const stored = changes.length === 0 ? new Set<string>() : await upsert(tx, connectionId, changes);
    await sql`update platform_identity set verified_at = now() where connection_id = ${connectionId}
      and global_user_id = any(${[...verified]}::uuid[])`.execute(tx);
    await appendAudit(
      tx,
      changes
        .filter((change) => stored.has(change.candidate.globalUserId) && isOfSomebody(change))
        .map(({ candidate, name, next }) => ({
          action: 'PlatformIdentityChanged',
          actor: systemActor,
          targetType: 'USER',
          targets: [{ id: candidate.globalUserId, name: candidate.personName }],
          relatedResources: [{ id: connectionId, name: candidate.connectionKey, type: 'CONNECTION' }],
          payload: { externalName: name, from: candidate.state, to: next.state, principalId: next.principalId },
        })),
    );
    if (stored.size > 0) after.changed('identity', connectionId);
    return stored;
  });
}

async function upsert(tx: Tx, connectionId: string, changes: readonly Change[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    update platform_identity i set platform_principal_id = n.principal_id, state = n.state, reason = n.reason
    from unnest(${changes.map((c) => c.candidate.globalUserId)}::uuid[], ${changes.map((c) => c.name)}::text[],
      ${changes.map((c) => c.next.principalId)}::text[], ${changes.map((c) => c.next.state)}::text[],
      ${changes.map((c) => c.next.reason)}::text[]) as n (user_id, name, principal_id, state, reason)
    where i.connection_id = ${connectionId} and i.global_user_id = n.user_id and i.external_name = n.name
      and not exists (select from platform_identity o where o.connection_id = i.connection_id
        and o.platform_principal_id = n.principal_id and o.global_user_id <> i.global_user_id)
    returning i.global_user_id as id`.execute(tx);
  const added = changes.filter(({ candidate }) => candidate.externalName === null);
  const renamed = added.flatMap(({ candidate: { globalUserId, formerName } }) =>
    formerName === undefined ? [] : [{ globalUserId, formerName }],
  );
  if (renamed.length > 0)
    await sql`delete from platform_identity i using unnest(${renamed.map((r) => r.globalUserId)}::uuid[],
        ${renamed.map((r) => r.formerName)}::text[]) as n (user_id, name)
      where i.connection_id = ${connectionId} and i.global_user_id = n.user_id and i.external_name = n.name and not i.is_manual`.execute(
      tx,
    );
  const { rows: inserted } = await sql<{ id: string }>`
    insert into platform_identity (connection_id, global_user_id, external_name, platform_principal_id, state, reason)
    select ${connectionId}, n.* from unnest(${added.map((c) => c.candidate.globalUserId)}::uuid[], ${added.map((c) => c.name)}::text[],
      ${added.map((c) => c.next.principalId)}::text[], ${added.map((c) => c.next.state)}::text[],
      ${added.map((c) => c.next.reason)}::text[]) as n
    on conflict do nothing returning global_user_id as id`.execute(tx);
  return new Set([...rows, ...inserted].map((row) => row.id));
}

/** Names that the platform is asked about in one call. */
const askedAtOnce = 10_000;

/**
 * Looks for everybody whom nobody has asked the platform about: they may reach something there by what others granted, which
 * no request of theirs would tell. Who is not there is asked about again the next time.
 */
export async function findPeopleOn(deps: Deps, connectionId: string): Promise<void> {
  let after = '';
  do {
    const { rows } = await sql<{ id: string }>`
      select u.global_user_id as id from app_user u
      where u.status <> 'deleted' and u.global_user_id::text > ${after}
        and not exists (select from platform_identity i where i.connection_id = ${connectionId} and i.global_user_id = u.global_user_id)
      order by u.global_user_id::text limit ${askedAtOnce}`.execute(deps.db);
    const ids = rows.map((row) => row.id);
    if (ids.length > 0) await resolveIdentities(deps, connectionId, ids, { keepsAbsent: false });
    after = ids.length < askedAtOnce ? '' : (ids.at(-1) ?? '');
  } while (after !== '');
}
