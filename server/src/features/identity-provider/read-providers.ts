import type { IdentityProvider, ProviderEvent } from '@stoa/contract/identity-provider';
import { redacted } from '@stoa/contract/connection';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { backchannelUriOf, redirectUriOf, signedOutUriOf } from './addresses.ts';
import { loadProvider, loadProviders, type StoredProvider } from './stored-provider.ts';

export async function listProviders(deps: Deps, actor: LoadedPerson): Promise<IdentityProvider[]> {
  requireMay(actor, 'settings.manage', nothing);
  const [providers, counts] = await Promise.all([loadProviders(deps, deps.db), countLinks(deps)]);
  return providers.map((provider) => present(deps, provider, counts.get(provider.id) ?? 0));
}

export async function readProvider(deps: Deps, actor: LoadedPerson, id: string): Promise<IdentityProvider> {
  requireMay(actor, 'settings.manage', nothing);
  const [provider, counts] = await Promise.all([loadProvider(deps, deps.db, { id }), countLinks(deps)]);
  if (provider === undefined) throw notFound('provider');
  return present(deps, provider, counts.get(id) ?? 0);
}

async function countLinks(deps: Deps): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: string; count: number }>`
    select provider_id as id, count(*)::int as count from sign_in_link group by provider_id`.execute(deps.db);
  return new Map(rows.map(({ id, count }) => [id, count]));
}

const present = (deps: Deps, provider: StoredProvider, linkedCount: number): IdentityProvider => ({
  id: provider.id,
  name: provider.name,
  issuer: provider.issuer,
  clientId: provider.clientId,
  clientSecret: provider.clientSecret === null ? null : redacted,
  scopes: [...provider.scopes],
  claims: provider.claims,
  unknownPeople: provider.unknownPeople,
  enabled: provider.isEnabled,
  redirectUri: redirectUriOf(deps, provider.id),
  postLogoutRedirectUri: signedOutUriOf(deps),
  backchannelLogoutUri: backchannelUriOf(deps, provider.id),
  linkedCount,
  createdAt: provider.createdAt.toISOString(),
  updatedAt: provider.updatedAt.toISOString(),
});

const eventsAtOnce = 20;

type EventRow = {
  id: string;
  at: Date;
  status: string;
  reason: string | null;
  actor_id: string;
  name: string;
  subject: string | null;
  ip: string | null;
};

/** What the audit has of the sign-ins by a provider, the last first. */
export async function readEvents(deps: Deps, actor: LoadedPerson, id: string): Promise<ProviderEvent[]> {
  requireMay(actor, 'settings.manage', nothing);
  const { rows: found } = await sql`select from identity_provider where id = ${id}`.execute(deps.db);
  if (found.length === 0) throw notFound('provider');
  const { rows } = await sql<EventRow>`
    select e.id, e.event_timestamp as at, e.action_status as status, e.payload ->> 'reason' as reason, e.actor_id,
      e.actor ->> 'name' as name, e.payload ->> 'subject' as subject, e.actor_ip as ip
    from audit_event e where e.payload ->> 'identityProvider' = ${id} and e.action = 'UserLogin'
    order by e.sequence desc limit ${eventsAtOnce}`.execute(deps.db);
  return rows.map((row) => ({
    id: row.id,
    at: row.at.toISOString(),
    isRefused: row.status !== 'SUCCESS',
    reason: row.reason,
    globalUserId: row.actor_id === 'unknown' ? null : row.actor_id,
    name: row.name,
    subject: row.subject,
    ip: row.ip,
  }));
}
