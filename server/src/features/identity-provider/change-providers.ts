import { redacted } from '@stoa/contract/connection';
import type { CreateIdentityProviderBody, UpdateIdentityProviderBody } from '@stoa/contract/identity-provider';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { settingsEntry } from '../../audit/settings-entry.ts';
import type { Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { EgressRefused } from '../../egress/egress-rules.ts';
import { checkUrl } from '../../egress/guarded-fetch.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { Call } from '../../http/route.ts';
import { enqueueUsers } from '../../provisioning/enqueue-keys.ts';
import { Secret } from '../../secrets/secrets.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { loadProvider, secretPlace, type StoredProvider } from './stored-provider.ts';

type Acting = { readonly actor: LoadedPerson; readonly call: Call };

export async function createProvider(deps: Deps, body: CreateIdentityProviderBody, acting: Acting): Promise<void> {
  requireMay(acting.actor, 'settings.manage', nothing);
  requireCallable(deps, body.issuer);
  const sealed = sealNew(deps, body.id, body.clientSecret);
  await transact(deps, async (tx) => {
    await sql`insert into identity_provider (id, name, issuer, client_id, client_secret, scopes, claims, unknown_people, is_enabled)
      values (${body.id}, ${body.name}, ${body.issuer}, ${body.clientId}, ${sealed}, ${body.scopes},
        ${JSON.stringify(body.claims)}::jsonb, ${body.unknownPeople}, ${body.enabled})`.execute(tx);
    await appendAudit(tx, entryOf(acting, body, { created: settingsOf(body) }));
  });
}

export async function updateProvider(
  deps: Deps,
  { id, body }: { id: string; body: UpdateIdentityProviderBody },
  acting: Acting,
): Promise<void> {
  requireMay(acting.actor, 'settings.manage', nothing);
  requireCallable(deps, body.issuer);
  await transact(deps, async (tx) => {
    const before = await loadProvider(deps, tx, { id, lock: sql`for update` });
    if (before === undefined) throw notFound('provider');
    if (body.issuer !== before.issuer) await requireUnlinked(tx, before);
    const isKept = body.clientSecret === undefined || body.clientSecret === redacted;
    // Whoever may change the address has not seen the secret, and must not have it sent to themself.
    if (isKept && before.clientSecret !== null && body.issuer !== before.issuer)
      throw new Refusal('identity_provider.secret_needed');
    const sealed = isKept ? sql.ref('client_secret') : sealNew(deps, id, body.clientSecret);
    await sql`update identity_provider set name = ${body.name}, issuer = ${body.issuer}, client_id = ${body.clientId},
        client_secret = ${sealed}, scopes = ${body.scopes}, claims = ${JSON.stringify(body.claims)}::jsonb,
        unknown_people = ${body.unknownPeople}, is_enabled = ${body.enabled}, updated_at = now()
      where id = ${id}`.execute(tx);
    const isEnding = before.isEnabled && !body.enabled;
    const endedSessions = isEnding ? await endSessionsBy(tx, id, acting.call) : 0;
    const after = { ...settingsOf(body), ...(isKept ? {} : { clientSecret: 'changed' }) };
    const was = settingsOf({ ...before, enabled: before.isEnabled });
    await appendAudit(tx, entryOf(acting, { id, name: body.name }, { before: was, after, endedSessions }));
  });
}

/** What it said of people stays, so that nobody loses access by this; it is a user admin's from then on. */
export async function deleteProvider(deps: Deps, id: string, acting: Acting): Promise<void> {
  requireMay(acting.actor, 'settings.manage', nothing);
  await transact(deps, async (tx, after) => {
    const provider = await loadProvider(deps, tx, { id, lock: sql`for update` });
    if (provider === undefined) throw notFound('provider');
    await sql`delete from attribute a where a.source = ${id} and exists (select from attribute o where o.source = 'local'
      and o.principal_type = a.principal_type and o.principal_id = a.principal_id and o.name = a.name and o.value = a.value)`.execute(
      tx,
    );
    await sql`update attribute set source = 'local' where source = ${id}`.execute(tx);
    await sql`update group_member set source = 'local' where source = ${id}`.execute(tx);
    await sql`update user_group set iam_id = 'bim' where iam_id = ${id}`.execute(tx);
    await sql`update app_user set disabled_by = null where disabled_by = ${id}`.execute(tx);
    const { rows: people } = await sql<{ id: string }>`
      update app_user set iam_id = 'bim' where iam_id = ${id} returning global_user_id as id`.execute(tx);
    // Conditions may ask who signs somebody in.
    if (people.length > 0)
      await enqueueUsers(tx, after, {
        people: sql`select unnest(${people.map((one) => one.id)}::uuid[])`,
        cause: 'user',
      });
    const endedSessions = await endSessionsBy(tx, id, acting.call);
    // The one that is left is confirmed like any other from now on.
    await sql`update session set provider_id = null, provider_subject = null, provider_session = null, sign_out_url = null
      where provider_id = ${id}`.execute(tx);
    const { rows: unlinked } = await sql`delete from sign_in_link where provider_id = ${id} returning 1`.execute(tx);
    await sql`delete from identity_provider where id = ${id}`.execute(tx);
    await appendAudit(tx, entryOf(acting, provider, { deleted: true, unlinked: unlinked.length, endedSessions }));
  });
}

/** Whoever switches a provider off stays signed in, also where it was by this one. */
async function endSessionsBy(tx: Tx, id: string, call: Call): Promise<number> {
  const { rows } = await sql`
    delete from session where provider_id = ${id} and id is distinct from ${call.credentialId ?? null}::uuid returning 1`.execute(
    tx,
  );
  return rows.length;
}

async function requireUnlinked(tx: Tx, { id, issuer }: StoredProvider): Promise<void> {
  const { rows } = await sql`select from sign_in_link where provider_id = ${id}
    union all select from scim_person where provider_id = ${id} limit 1`.execute(tx);
  if (rows.length === 0) return;
  throw new Refusal('identity_provider.issuer_in_use', {
    detail: `People are linked to ${issuer}. A subject means somebody else at another issuer, so that nothing was changed.`,
  });
}

/** While it is typed; whether the name resolves to what may be called is judged with each call. */
function requireCallable(deps: Deps, issuer: string): void {
  try {
    checkUrl(deps.config.egress, 'idp', issuer);
  } catch (error) {
    if (!(error instanceof EgressRefused)) throw error;
    const { message } = error;
    throw new Refusal('identity_provider.address_refused', {
      detail: `${message}. Nothing was changed.`,
      errors: [{ path: 'body.issuer', message }],
    });
  }
}

function sealNew(deps: Deps, id: string, secret: string | null | undefined): string | null {
  // As it is read it stands for what is stored, and a new provider has nothing stored.
  if (secret === undefined || secret === null || secret === redacted) return null;
  return deps.secrets.seal(secretPlace(id), new Secret(secret));
}

type Shown = Pick<
  UpdateIdentityProviderBody,
  'name' | 'issuer' | 'clientId' | 'claims' | 'unknownPeople' | 'enabled'
> & {
  readonly scopes: readonly string[];
};
const settingsOf = ({ name, issuer, clientId, scopes, claims, unknownPeople, enabled }: Shown) => ({
  name,
  issuer,
  clientId,
  scopes,
  claims,
  unknownPeople,
  enabled,
});

const entryOf = (acting: Acting, { id, name }: { id: string; name: string }, payload: Record<string, unknown>) =>
  settingsEntry(acting, { id: `identity-provider ${id}`, name: `Identity provider ${name}`, payload });
