import type { ImportRow } from '@stoa/contract/people-import';
import {
  type IdentityRow,
  judgeIdentities,
  type KnownIdentity,
  type LookedUp,
} from '@stoa/core/people-import/judge-identities';
import { sql } from 'kysely';
import type { AuditEntry } from '../../audit/append.ts';
import type { Reader, Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { enqueueUsers } from '../../provisioning/enqueue-keys.ts';
import { findConnection } from '../connection/find-connection.ts';
import { askPlatform, describeRefusal, judge, nameOf } from '../identity/resolve.ts';
import { entryFor, type ImportBy, type ImportPlan, rowsThat } from './plan.ts';

type Cells = ImportRow<'identities'> & { line: number };
type Asked = Awaited<ReturnType<typeof askPlatform>>;
type Place = { id: string; connectionKey: string };

/**
 * Names of people on a platform from a file. The platform is asked about all of them before the transaction begins; what is
 * planned inside of it is judged on the rows as they are then.
 */
export async function openIdentities(
  deps: Deps,
  connectionKey: string | undefined,
  cells: readonly Cells[],
): Promise<(tx: Tx, by: ImportBy) => Promise<ImportPlan>> {
  if (connectionKey === undefined)
    throw new Refusal('import.unreadable', { detail: 'Names on a platform need its connection: send connectionKey.' });
  const connection = await findConnection(deps.db, connectionKey);
  if (!connection) throw notFound('connection');
  if (connection.state === 'deleting') throw new Refusal('connection.deleting');
  const place = { id: connection.id, connectionKey };
  const wanted = (await loadRows(deps.db, place.id, cells)).flatMap(({ wantedName }) => wantedName ?? []);
  const asked = wanted.length === 0 ? new Map() : await askPlatform(deps, place.id, [...new Set(wanted)]);
  return (tx, by) => planIdentities(tx, by, { place, cells, asked });
}

async function planIdentities(
  tx: Tx,
  by: ImportBy,
  { place, cells, asked }: { place: Place; cells: readonly Cells[]; asked: Asked },
): Promise<ImportPlan> {
  if (!by.isDryRun) await sql`select from connection where id = ${place.id} for key share`.execute(tx);
  const loaded = await loadRows(tx, place.id, cells);
  const looked = loaded.map((row) => ({ ...row, next: lookedUp(row, asked), isAsked: asked !== undefined }));
  const holders = await loadHolders(tx, place.id, looked);
  const rows = looked.map((row, at): IdentityRow => ({ ...row, holder: holders[at] ?? null }));
  const judged = judgeIdentities(by.actor, rows);
  const changed = rowsThat(['created', 'changed', 'removed'], rows, judged);
  return {
    rows: judged,
    peopleCount: changed.length,
    apply: (t, after) => write(t, after, { by, place, rows: changed }),
  };
}

type Loaded = Pick<IdentityRow, 'line' | 'username' | 'externalName' | 'user' | 'current'> & {
  wantedName: string | undefined;
};
type Found = {
  globalUserId: string | null;
  personId: string | null;
  name: string | null;
  username: string | null;
  email: string | null;
  template: string;
  external: string | null;
  principalId: string | null;
  state: KnownIdentity['state'] | null;
  isManual: boolean | null;
};

async function loadRows(db: Reader, connectionId: string, cells: readonly Cells[]): Promise<Loaded[]> {
  const { rows } = await sql<Found>`
    select u.global_user_id as "globalUserId", u.person_id as "personId", u.name, u.username, u.email,
      coalesce(c.settings ->> 'identityTemplate', '{username}') as template, i.external_name as external,
      i.platform_principal_id as "principalId", i.state, i.is_manual as "isManual"
    from unnest(${cells.map((row) => row.username.normalize('NFKC'))}::text[]) with ordinality n (username, at)
      join connection c on c.id = ${connectionId}
      left join app_user u on lower(u.username) = lower(n.username)
      left join platform_identity i on i.connection_id = c.id and i.global_user_id = u.global_user_id
    order by n.at`.execute(db);
  return cells.map((row, at) => ({ ...row, ...identityOf(row, rows[at]) }));
}

function identityOf(
  { externalName }: Cells,
  found: Found | undefined,
): Pick<Loaded, 'user' | 'current' | 'wantedName'> {
  const { globalUserId, personId, name, username, email, template, external, principalId, state, isManual } =
    found ?? {};
  if (!globalUserId || !personId || !username) return { user: null, current: null, wantedName: externalName };
  return {
    user: { globalUserId, personId, name: name ?? username },
    current:
      external && state
        ? { externalName: external, principalId: principalId ?? null, state, isManual: isManual === true }
        : null,
    wantedName: externalName ?? nameOf(template ?? '{username}', { username, email: email ?? null }),
  };
}

function lookedUp({ wantedName, externalName }: Loaded, asked: Asked): LookedUp | null {
  if (wantedName === undefined) return null;
  const found = asked?.get(wantedName);
  if (found === undefined) return { name: wantedName, principalId: null, state: 'unverified', refusal: null };
  const { principalId, state } = judge(found, { principalId: null, isManual: externalName !== undefined });
  return {
    name: wantedName,
    principalId,
    state,
    refusal: found.refusal === null ? null : describeRefusal(found.refusal),
  };
}

/** Per row, who else keeps the name or its login: not those whom the file names otherwise, nor those only guessed to have it. */
async function loadHolders(
  tx: Tx,
  connectionId: string,
  rows: readonly (Loaded & { next: LookedUp | null })[],
): Promise<(string | null)[]> {
  const names = rows.map(({ next }) => next?.name ?? null);
  const { rows: found } = await sql<{ name: string | null }>`
    select (select o.name from platform_identity i join app_user o on o.global_user_id = i.global_user_id
      where i.connection_id = ${connectionId} and (i.external_name = n.name or i.platform_principal_id = n.principal_id)
        and i.global_user_id is distinct from n.id
        and not (i.state = 'absent' and not i.is_manual and i.platform_principal_id is null)
        and not exists (select from unnest(${rows.map(({ user }) => user?.globalUserId ?? null)}::uuid[], ${names}::text[]) as f (id, name)
          where f.id = i.global_user_id and f.name is distinct from n.name)
      limit 1) as name
    from unnest(${rows.map(({ user }) => user?.globalUserId ?? null)}::uuid[], ${names}::text[],
      ${rows.map(({ next }) => next?.principalId ?? null)}::text[]) with ordinality n (id, name, principal_id, at)
    order by n.at`.execute(tx);
  return found.map((row) => row.name);
}

/** All of them make room first: two who exchange their names would otherwise stand in each other's way. */
async function write(
  tx: Tx,
  after: AfterCommit,
  { by, place, rows }: { by: ImportBy; place: Place; rows: readonly IdentityRow[] },
): Promise<AuditEntry[]> {
  const ids = rows.flatMap(({ user }) => user?.globalUserId ?? []);
  const named = rows.flatMap(({ user, next, externalName }) =>
    user === null || next === null ? [] : [{ id: user.globalUserId, ...next, isManual: externalName !== undefined }],
  );
  await sql`delete from platform_identity where connection_id = ${place.id} and (global_user_id = any(${ids}::uuid[])
    or (external_name = any(${named.map((one) => one.name)}::text[]) and not is_manual and state = 'absent' and platform_principal_id is null))`.execute(
    tx,
  );
  await sql`
    insert into platform_identity (connection_id, global_user_id, external_name, platform_principal_id, state, reason, is_manual, verified_at)
    select ${place.id}, n.id, n.name, n.principal_id, n.state,
      case n.state when 'absent' then 'Nobody on the platform has this name.' when 'unverified' then 'The platform could not be asked.' end,
      n.is_manual, case when n.state <> 'unverified' then now() end
    from unnest(${named.map((one) => one.id)}::uuid[], ${named.map((one) => one.name)}::text[],
      ${named.map((one) => one.principalId)}::text[], ${named.map((one) => one.state)}::text[], ${named.map((one) => one.isManual)}::boolean[])
      as n (id, name, principal_id, state, is_manual)`.execute(tx);
  await enqueueUsers(tx, after, { people: sql`select unnest(${ids}::uuid[])`, cause: 'identity' });
  after.changed('identity', place.id);
  return rows.flatMap(({ user, current, next }) =>
    user === null
      ? []
      : [
          {
            ...entryFor(by, { type: 'USER', id: user.globalUserId, name: user.name }),
            action: 'PlatformIdentityChanged',
            relatedResources: [{ id: place.id, name: place.connectionKey, type: 'CONNECTION' }],
            payload: {
              from: current && { externalName: current.externalName, state: current.state },
              to: next && { externalName: next.name, state: next.state, principalId: next.principalId },
            },
          },
        ],
  );
}
