import { randomBytes } from 'node:crypto';
import type { ScimAccess, ScimSettings } from '@stoa/contract/scim-access';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { type Acting, settingsEntry } from '../../audit/settings-entry.ts';
import type { Reader, Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { hashToken } from '../../http/authenticate.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { scimTokenPrefix, scimUrlOf } from './source.ts';

type WithToken = ScimAccess & { token: string | null };
type AccessRow = {
  name: string;
  idClaim: string | null;
  takesOverGroups: boolean | null;
  tokenCreatedAt: Date | null;
  tokenLastUsedAt: Date | null;
  refusedAt: Date | null;
  refusal: string | null;
  peopleCount: number;
  groupCount: number;
};

export async function readAccess(deps: Deps, actor: LoadedPerson, id: string): Promise<ScimAccess> {
  requireMay(actor, 'settings.manage', nothing);
  return present(deps, await load(deps.db, id));
}

async function load(db: Reader, id: string): Promise<AccessRow> {
  const { rows } = await sql<AccessRow>`
    select p.name, a.id_claim as "idClaim", a.takes_over_groups as "takesOverGroups", a.token_created_at as "tokenCreatedAt",
      a.token_last_used_at as "tokenLastUsedAt", a.last_refused_at as "refusedAt", a.last_refusal as refusal,
      (select count(*)::int from scim_person s where s.provider_id = p.id and s.left_at is null) as "peopleCount",
      (select count(*)::int from scim_group s where s.provider_id = p.id and s.left_at is null) as "groupCount"
    from identity_provider p left join scim_access a on a.provider_id = p.id where p.id = ${id}`.execute(db);
  const [row] = rows;
  if (row === undefined) throw notFound('provider');
  return row;
}

const present = (deps: Deps, row: AccessRow): ScimAccess => ({
  isOn: row.idClaim !== null,
  baseUrl: scimUrlOf(deps),
  idClaim: row.idClaim ?? 'sub',
  takesOverGroups: row.takesOverGroups ?? false,
  tokenCreatedAt: row.tokenCreatedAt?.toISOString() ?? null,
  tokenLastUsedAt: row.tokenLastUsedAt?.toISOString() ?? null,
  lastRefusal:
    row.refusedAt === null || row.refusal === null ? null : { at: row.refusedAt.toISOString(), detail: row.refusal },
  peopleCount: row.peopleCount,
  groupCount: row.groupCount,
});

/** Switches it on, with a token, or changes how it works and leaves the token. */
export async function setAccess(
  deps: Deps,
  { id, body }: { id: string; body: ScimSettings },
  acting: Acting,
): Promise<WithToken> {
  requireMay(acting.actor, 'settings.manage', nothing);
  return transact(deps, async (tx) => {
    const before = await lock(tx, id);
    const { idClaim, takesOverGroups } = body;
    const isNew = before.idClaim === null;
    const token = isNew ? newScimToken() : null;
    if (token === null)
      await sql`update scim_access set id_claim = ${idClaim}, takes_over_groups = ${takesOverGroups}
        where provider_id = ${id}`.execute(tx);
    else
      await sql`insert into scim_access (provider_id, token_hash, id_claim, takes_over_groups)
        values (${id}, ${hashToken(token)}, ${idClaim}, ${takesOverGroups})`.execute(tx);
    const was = { idClaim: before.idClaim, takesOverGroups: before.takesOverGroups };
    await appendAudit(
      tx,
      entryOf(acting, { id, name: before.name }, isNew ? { on: body } : { before: was, after: body }),
    );
    return { ...present(deps, await load(tx, id)), token };
  });
}

/** The former token ends with this. */
export async function renewToken(deps: Deps, id: string, acting: Acting): Promise<WithToken> {
  requireMay(acting.actor, 'settings.manage', nothing);
  return transact(deps, async (tx) => {
    const { name, idClaim } = await lock(tx, id);
    if (idClaim === null) throw new Refusal('scim.off');
    const token = newScimToken();
    await sql`update scim_access set token_hash = ${hashToken(token)}, token_created_at = now(), token_last_used_at = null
      where provider_id = ${id}`.execute(tx);
    await appendAudit(tx, entryOf(acting, { id, name }, { tokenRenewed: true }));
    return { ...present(deps, await load(tx, id)), token };
  });
}

/** Whom and what it kept stays, and is kept again if it is switched on; until then the sign-ins say it. */
export async function endAccess(deps: Deps, id: string, acting: Acting): Promise<void> {
  requireMay(acting.actor, 'settings.manage', nothing);
  await transact(deps, async (tx) => {
    const { name, idClaim } = await lock(tx, id);
    if (idClaim === null) return;
    await sql`delete from scim_access where provider_id = ${id}`.execute(tx);
    await appendAudit(tx, entryOf(acting, { id, name }, { off: true }));
  });
}

/** Neither a sign-in nor a change by the directory is half-way behind it. */
async function lock(tx: Tx, id: string): Promise<AccessRow> {
  await sql`select from identity_provider where id = ${id} for update`.execute(tx);
  return load(tx, id);
}

const newScimToken = (): string => scimTokenPrefix + randomBytes(32).toString('base64url');

const entryOf = (acting: Acting, { id, name }: { id: string; name: string }, payload: Record<string, unknown>) =>
  settingsEntry(acting, { id: `identity-provider ${id}`, name: `SCIM of ${name}`, payload: { scim: payload } });
