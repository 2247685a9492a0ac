import type { ChannelPreference } from '@stoa/contract/notification';
import {
  deliveringProviders,
  type DeliveringProvider,
  notificationTypes,
  type NotificationType,
  type Provider,
} from '@stoa/contract/notification-type';
import { isToldBy, type Switches } from '@stoa/core/notification/channels';
import { sql } from 'kysely';
import { messageChannels } from '../../channels/registered.ts';
import type { Reader, Tx } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';

/** A Teams channel is many people's: nobody switches it for themself. */
const personalProviders = ['INBOX', 'EMAIL', 'SLACK'] as const satisfies readonly Provider[];
type PersonalProvider = (typeof personalProviders)[number];

/** What each of these people switched. */
export async function readSwitchesOf(db: Reader, ids: readonly string[]): Promise<ReadonlyMap<string, Switches>> {
  const { rows } = await sql<{
    id: string;
    provider: DeliveringProvider;
    type: NotificationType | '';
    enabled: boolean;
  }>`
    select global_user_id as id, provider, notification_type as type, enabled from notification_switch
    where global_user_id = any(${[...ids]}::uuid[])`.execute(db);
  const all = new Map<string, Map<`${DeliveringProvider} ${NotificationType | ''}`, boolean>>();
  for (const { id, provider, type, enabled } of rows) {
    const own = all.get(id) ?? new Map();
    all.set(id, own.set(`${provider} ${type}`, enabled));
  }
  return all;
}

/** Every channel that a person may be told by, and every kind of message on it; on unless they switched it off. */
export async function readPreferences(deps: Deps, db: Reader, globalUserId: string): Promise<ChannelPreference[]> {
  const switches = (await readSwitchesOf(db, [globalUserId])).get(globalUserId) ?? new Map();
  const connected = new Set<string>();
  for (const channel of messageChannels(deps)) if (await channel.isConnected(db)) connected.add(channel.provider);
  return personalProviders.map((provider) => ({
    provider,
    enabled: provider === 'INBOX' || switches.get(`${provider} `) !== false,
    typePreferences: notificationTypes.map((type) => ({
      notificationType: type,
      enabled:
        provider === 'INBOX' ||
        isToldBy({ provider, type, isOnForAll: true, switches: new Map([...switches, [`${provider} `, true]]) }),
    })),
    ...(provider === 'INBOX' ? {} : { metadata: { authVerified: connected.has(provider) } }),
  }));
}

export type TypeChange = {
  provider: string;
  typePreferences: readonly { notificationType: string; enabled: boolean }[];
};

/** Switches kinds of messages on channels for the caller. */
export async function switchTypes(
  deps: Deps,
  globalUserId: string,
  changes: readonly TypeChange[],
): Promise<ChannelPreference[]> {
  const rows = changes.flatMap(({ provider, typePreferences }) => {
    const known = knownProvider(provider);
    return typePreferences.flatMap(({ notificationType, enabled }) => {
      if (!notificationTypes.some((type) => type === notificationType))
        throw new Refusal('notification.type_unknown', {
          detail: `There is no kind of message "${notificationType}".`,
        });
      return toRow({ provider: known, type: notificationType, enabled });
    });
  });
  return store(deps, globalUserId, rows);
}

/** Switches whole channels for the caller. */
export async function switchChannels(
  deps: Deps,
  globalUserId: string,
  changes: readonly { provider: string; enabled: boolean }[],
): Promise<ChannelPreference[]> {
  const rows = changes.flatMap(({ provider, enabled }) =>
    toRow({ provider: knownProvider(provider), type: '', enabled }),
  );
  return store(deps, globalUserId, rows);
}

type Row = { provider: PersonalProvider; type: string; enabled: boolean };

function toRow(row: Row): Row[] {
  if (row.provider !== 'INBOX') return [row];
  if (!row.enabled) throw new Refusal('notification.inbox_always_on');
  return [];
}

function knownProvider(text: string): PersonalProvider {
  const known = personalProviders.find((provider) => provider === text);
  if (known !== undefined) return known;
  const isShared = deliveringProviders.some((provider) => provider === text);
  const detail = isShared
    ? `${text} tells a whole channel at once; an application admin switches it for all.`
    : `There is no channel "${text}".`;
  throw new Refusal('notification.provider_unknown', { detail });
}

function store(deps: Deps, globalUserId: string, rows: readonly Row[]): Promise<ChannelPreference[]> {
  const last = [...new Map(rows.map((row) => [`${row.provider} ${row.type}`, row])).values()];
  return transact(deps, async (tx: Tx, after) => {
    await sql`insert into notification_switch (global_user_id, provider, notification_type, enabled)
      select ${globalUserId}, x.provider, x.type, x.enabled
      from json_to_recordset(${JSON.stringify(last)}::json) as x (provider text, type text, enabled boolean) order by 2, 3
      on conflict (global_user_id, provider, notification_type) do update set enabled = excluded.enabled`.execute(tx);
    after.changed('notification', globalUserId);
    return readPreferences(deps, tx, globalUserId);
  });
}
