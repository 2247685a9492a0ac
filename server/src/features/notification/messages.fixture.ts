import { sql } from 'kysely';
import { newUuid } from '../../db/new-id.ts';
import type { Db } from '../../db/pool.ts';

type Receiver = { readonly globalUserId: string };
type Over = { readonly subject?: string; readonly message?: string; readonly requestId?: string };

/** A message in somebody's inbox, past the event that would bring it. */
export async function addMessage(db: Db, { globalUserId }: Receiver, over: Over = {}): Promise<string> {
  const id = newUuid();
  await sql`insert into inbox_message (id, notification_id, global_user_id, notification_type, subject, message, action_path, action_label, request_id)
    values (${id}, ${newUuid()}, ${globalUserId}, 'ACCESS_REVOKED', ${over.subject ?? 'Your access was revoked'},
      ${over.message ?? 'It ended.'}, '/me/access', 'Open', ${over.requestId ?? null})`.execute(db);
  return id;
}

/** An e-mail to somebody that went out already, so that no loop touches it. */
export async function addDelivery(db: Db, receiver: Receiver): Promise<string> {
  const message = await addMessage(db, receiver);
  const id = newUuid();
  await sql`insert into message_delivery (id, notification_id, inbox_message_id, global_user_id, provider, notification_type, state, next_attempt_at, attempts, sent_at)
    values (${id}, ${newUuid()}, ${message}, ${receiver.globalUserId}, 'EMAIL', 'ACCESS_REVOKED', 'SENT', null, 1, now())`.execute(
    db,
  );
  return id;
}
