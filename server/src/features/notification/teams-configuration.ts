import type { ChannelTest } from '@stoa/contract/email';
import type { TeamsConfiguration } from '@stoa/contract/notification-channel';
import { appendAudit } from '../../audit/append.ts';
import { type Acting, settingsEntry } from '../../audit/settings-entry.ts';
import { postCard } from '../../channels/teams-channel.ts';
import { forgetTeamsUrl, presentTeamsSettings, readTeamsUrl, storeTeamsUrl } from '../../channels/teams-settings.ts';
import { newUuid } from '../../db/new-id.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { publicUrlOf } from '../../http/public-url.ts';
import { Refusal } from '../../http/refusal.ts';

const teams = { id: 'teams', name: 'Teams' };

export const updateTeamsConfiguration = (deps: Deps, acting: Acting, url: string): Promise<TeamsConfiguration> =>
  transact(deps, async (tx, after) => {
    const before = await presentTeamsSettings(tx);
    await storeTeamsUrl(tx, deps.secrets, url);
    const now = await presentTeamsSettings(tx);
    await appendAudit(tx, settingsEntry(acting, { ...teams, payload: { before, after: now } }));
    after.changed('settings', 'teams');
    return now;
  });

export const deleteTeamsConfiguration = (deps: Deps, acting: Acting): Promise<void> =>
  transact(deps, async (tx, after) => {
    const before = await presentTeamsSettings(tx);
    if (!before.connected) return;
    await forgetTeamsUrl(tx);
    await appendAudit(tx, settingsEntry(acting, { ...teams, payload: { before, after: null } }));
    after.changed('settings', 'teams');
  });

/** One real card; nothing is stored. Whither it goes is on record before it goes: the host alone, for the path lets one in. */
export async function testTeamsConfiguration(
  deps: Deps,
  { actor, call }: Acting,
  url: string | undefined,
): Promise<ChannelTest> {
  const target = url ?? (await readTeamsUrl(deps.db, deps.secrets))?.reveal();
  if (target === undefined) throw new Refusal('teams.not_connected');
  const tried = { host: new URL(target).host };
  await transact(deps, (tx) =>
    appendAudit(tx, settingsEntry({ actor, call }, { ...teams, payload: { tried }, action: 'ConfigurationTested' })),
  );
  const outcome = await postCard(deps, target, {
    deliveryId: newUuid(),
    notificationId: newUuid(),
    type: 'PENDING_REMINDER',
    to: null,
    subject: 'A test message of Stoa',
    message: `${actor.name} tries whether this channel can be told.`,
    details: [],
    action: { label: 'Open Stoa', url: publicUrlOf(deps) },
    requestId: null,
    createdAt: new Date(),
    attempt: 1,
  });
  return outcome.kind === 'sent'
    ? { status: 'SUCCESS', message: 'The workflow took the card.' }
    : { status: 'FAILED', message: outcome.error };
}
