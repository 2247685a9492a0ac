import type { TenantProviderConfigs } from '@stoa/contract/notification-channel';
import { type DeliveringProvider, deliveringProviders } from '@stoa/contract/notification-type';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { settingsEntry } from '../../audit/settings-entry.ts';
import { messageChannels } from '../../channels/registered.ts';
import type { Reader } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import type { Call } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { requireTimeZone } from './hours.ts';

type Stored = { off?: readonly DeliveringProvider[]; timeZone?: string };

async function readStored(db: Reader): Promise<Stored> {
  const { rows } = await sql<{ value: Stored }>`select value from setting where name = 'notification'`.execute(db);
  return rows[0]?.value ?? {};
}

/** The channels that are set up, and on for everybody. */
export async function openProviders(deps: Deps, db: Reader): Promise<readonly DeliveringProvider[]> {
  const { configs } = await readTenantConfigs(deps, db);
  return configs.flatMap(({ provider, enabled, connected }) => (enabled && connected ? [provider] : []));
}

export async function readTenantConfigs(deps: Deps, db: Reader): Promise<TenantProviderConfigs> {
  const { off = [], timeZone = 'UTC' } = await readStored(db);
  const connected = new Set<DeliveringProvider>();
  for (const channel of messageChannels(deps)) if (await channel.isConnected(db)) connected.add(channel.provider);
  return {
    configs: deliveringProviders.map((provider) => ({
      provider,
      enabled: !off.includes(provider),
      connected: connected.has(provider),
    })),
    timeZone,
  };
}

type Change = { configs: readonly { provider: DeliveringProvider; enabled: boolean }[]; timeZone?: string | undefined };
type Input = { actor: LoadedPerson; body: Change; call: Pick<Call, 'id' | 'ip'> };

export async function updateTenantConfigs(deps: Deps, { actor, body, call }: Input): Promise<TenantProviderConfigs> {
  if (body.timeZone !== undefined) requireTimeZone(body.timeZone);
  return transact(deps, async (tx, after) => {
    await sql`insert into setting (name, value) values ('notification', '{}') on conflict do nothing`.execute(tx);
    await sql`select from setting where name = 'notification' for update`.execute(tx);
    const before = await readStored(tx);
    const off = new Set(before.off);
    for (const { provider, enabled } of body.configs) {
      if (enabled) off.delete(provider);
      else off.add(provider);
    }
    const now: Stored = {
      ...before,
      off: [...off],
      ...(body.timeZone === undefined ? {} : { timeZone: body.timeZone }),
    };
    await sql`update setting set value = ${JSON.stringify(now)}::jsonb, updated_at = now() where name = 'notification'`.execute(
      tx,
    );
    const payload = { before, after: now };
    await appendAudit(
      tx,
      settingsEntry({ actor, call }, { id: 'notification', name: 'Notification channels', payload }),
    );
    after.changed('settings', 'notification');
    return readTenantConfigs(deps, tx);
  });
}
