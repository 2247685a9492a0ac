import { wordsOf } from '@stoa/core/notification/words';
import { sql } from 'kysely';
import { isEmailConnected } from '../../channels/email-settings.ts';
import { newUuid } from '../../db/new-id.ts';
import type { Tx } from '../../db/pool.ts';
import type { LoadedPerson } from '../user/load-people.ts';

export type Moved = { readonly globalUserId: string; readonly formerEmail: string | null };

/**
 * Mails to the addresses that accounts had: whoever took an account over would be the only one to read of it at the new one. By e-mail
 * alone and whatever they switched off; the inbox tells the account itself.
 */
export async function tellFormerAddresses(tx: Tx, actor: LoadedPerson, moved: readonly Moved[]): Promise<void> {
  const mails = moved.flatMap(({ globalUserId, formerEmail }) => {
    if (formerEmail === null || formerEmail === '') return [];
    const words = wordsOf({
      type: 'LOGIN_CHANGED',
      actor: actor.name,
      reader: { isBeneficiary: false, isRequester: false },
      login: { changed: ['email'], isOwnAct: actor.globalUserId === globalUserId },
    });
    const content = { ...words, actionPath: words.action?.path ?? null, actionLabel: words.action?.label ?? null };
    return [{ id: newUuid(), notificationId: newUuid(), globalUserId, address: formerEmail, content }];
  });
  if (mails.length === 0 || !(await isEmailConnected(tx))) return;
  await sql`
    insert into message_delivery (id, notification_id, global_user_id, provider, notification_type, content, address)
    select x.id, x."notificationId", x."globalUserId", 'EMAIL', 'LOGIN_CHANGED', x.content, x.address
    from json_to_recordset(${JSON.stringify(mails)}::json)
      as x (id uuid, "notificationId" uuid, "globalUserId" uuid, content jsonb, address text)`.execute(tx);
}
