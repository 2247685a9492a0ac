import type { ChannelTest, EmailConfiguration, UpdateEmailConfigurationBody } from '@stoa/contract/email';
import type { Reader } from '../../db/pool.ts';
import { appendAudit } from '../../audit/append.ts';
import { type Acting, settingsEntry } from '../../audit/settings-entry.ts';
import { sendEmail } from '../../channels/email-channel.ts';
import {
  type EmailSettings,
  forgetEmailSettings,
  lockEmailSettings,
  presentEmailSettings,
  storeEmailSettings,
  toEmailSettings,
} from '../../channels/email-settings.ts';
import type { OutgoingMessage } from '../../channels/message-channel.ts';
import { endTriedLogin } from '../../channels/tried-login.ts';
import { isLoopback } from '../../config.ts';
import { newUuid } from '../../db/new-id.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { publicUrlOf } from '../../http/public-url.ts';
import { Refusal } from '../../http/refusal.ts';

const email = { id: 'email', name: 'E-mail' };
const changed = (acting: Acting, payload: Record<string, unknown>) => settingsEntry(acting, { ...email, payload });

type Input = Acting & { body: UpdateEmailConfigurationBody };

async function readSettings(deps: Pick<Deps, 'secrets'>, db: Reader, body: Input['body']): Promise<EmailSettings> {
  const settings = await toEmailSettings(db, deps.secrets, body);
  if (settings === undefined) throw new Refusal('email.password_needed');
  requireProtectedLogin(settings);
  return settings;
}

function requireProtectedLogin({ security, username, host }: EmailSettings): void {
  if (security === 'none' && username !== null && !isLoopback(host)) throw new Refusal('email.login_unprotected');
}

export async function updateEmailConfiguration(deps: Deps, { actor, body, call }: Input): Promise<EmailConfiguration> {
  return transact(deps, async (tx, after) => {
    await lockEmailSettings(tx);
    const settings = await readSettings(deps, tx, body);
    const before = await presentEmailSettings(tx);
    await storeEmailSettings(tx, deps.secrets, settings);
    if (settings.oauth !== null) await endTriedLogin(tx, deps.secrets, settings.oauth);
    const now = await presentEmailSettings(tx);
    await appendAudit(tx, changed({ actor, call }, { before, after: now }));
    after.changed('settings', 'email');
    return now;
  });
}

export async function deleteEmailConfiguration(deps: Deps, acting: Acting): Promise<void> {
  await transact(deps, async (tx, after) => {
    await lockEmailSettings(tx);
    const before = await presentEmailSettings(tx);
    if (!before.connected) return;
    await forgetEmailSettings(tx);
    await appendAudit(tx, changed(acting, { before, after: null }));
    after.changed('settings', 'email');
  });
}

/**
 * One real message to the one who asks; no setting is stored, and the mail server's own words come back. Whither a login went is
 * on record before it goes.
 */
export async function testEmailConfiguration(deps: Deps, { actor, body, call }: Input): Promise<ChannelTest> {
  if (actor.email === null || actor.email === '') throw new Refusal('notification.address_missing');
  const settings = await readSettings(deps, deps.db, body);
  const { host, port, security, username, oauth } = settings;
  await transact(deps, (tx) =>
    appendAudit(
      tx,
      settingsEntry(
        { actor, call },
        {
          ...email,
          payload: { tried: { host, port, security, username, tokenUrl: oauth?.tokenUrl } },
          action: 'ConfigurationTested',
        },
      ),
    ),
  );
  const message: OutgoingMessage = {
    deliveryId: newUuid(),
    notificationId: newUuid(),
    type: 'PENDING_REMINDER',
    to: actor,
    subject: 'A test message of Stoa',
    message: 'E-mail works: this message was sent by the settings that were just tried.',
    details: [
      { label: 'Mail server', value: `${settings.host}:${settings.port}` },
      { label: 'Asked for by', value: actor.name },
    ],
    action: { label: 'Open Stoa', url: publicUrlOf(deps) },
    requestId: null,
    createdAt: new Date(),
    attempt: 1,
  };
  const outcome = await sendEmail(deps, settings, message, { isTried: true });
  return outcome.kind === 'sent'
    ? { status: 'SUCCESS', message: `The mail server took a message to ${actor.email}.` }
    : { status: 'FAILED', message: outcome.error };
}
