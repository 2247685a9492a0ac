import type { MessageDelivery } from '@stoa/contract/notification-channel';
import type { DeliveringProvider, DeliveryState, NotificationType } from '@stoa/contract/notification-type';
import { offsetMetaOf } from '@stoa/contract/page';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { userActor } from '../../audit/user-actor.ts';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { readPage } from '../../db/read-page.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';

export type DeliveryQuery = {
  offset: number;
  limit: number;
  state?: readonly DeliveryState[] | undefined;
  provider?: readonly DeliveringProvider[] | undefined;
  searchText?: string | undefined;
};
type Row = {
  id: string;
  provider: DeliveringProvider;
  type: NotificationType;
  user: MessageDelivery['user'];
  address: string | null;
  state: DeliveryState;
  attempts: number;
  next_attempt_at: Date | null;
  last_error: string | null;
  created_at: Date;
  sent_at: Date | null;
};

const tables = sql`message_delivery d left join app_user u on u.global_user_id = d.global_user_id`;

async function readRows(db: Reader, ids: readonly string[]): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select d.id, d.provider, d.notification_type as type,
      case when u.global_user_id is null then null else json_build_object('globalUserId', u.global_user_id, 'name', u.name) end as user,
      d.address, d.state, d.attempts, d.next_attempt_at, d.last_error, d.created_at, d.sent_at
    from ${tables} where d.id = any(${[...ids]}::uuid[]) order by d.created_at desc, d.id desc`.execute(db);
  return rows;
}

const present = (row: Row): MessageDelivery => ({
  id: row.id,
  provider: row.provider,
  notificationType: row.type,
  user: row.user,
  ...(row.address === null ? {} : { address: row.address }),
  state: row.state,
  attempts: row.attempts,
  ...(row.next_attempt_at === null ? {} : { nextAttemptAt: row.next_attempt_at.toISOString() }),
  ...(row.last_error === null ? {} : { error: row.last_error }),
  createdAt: row.created_at.toISOString(),
  ...(row.sent_at === null ? {} : { sentAt: row.sent_at.toISOString() }),
});

/** Who is sent what kind of message is told; what the messages say is not: who runs the mail server is no reader of requests. */
export async function listDeliveries(deps: Deps, query: DeliveryQuery) {
  const search = query.searchText?.trim() ?? '';
  const pattern = likePattern(search);
  const where = sql`true
    ${query.state === undefined || query.state.length === 0 ? sql`` : sql`and d.state = any(${[...query.state]}::text[])`}
    ${query.provider === undefined || query.provider.length === 0 ? sql`` : sql`and d.provider = any(${[...query.provider]}::text[])`}
    ${search === '' ? sql`` : sql`and (u.name ilike ${pattern} or d.address ilike ${pattern} or d.last_error ilike ${pattern})`}`;
  const { total, keys } = await readPage(
    deps,
    {
      from: search === '' ? sql`message_delivery d` : tables,
      where,
      order: [
        { value: sql`d.created_at`, type: 'timestamptz' },
        { value: sql`d.id`, type: 'uuid' },
      ],
      isDescending: true,
    },
    query,
  );
  const rows = await readRows(
    deps.db,
    keys.flatMap((key) => key[1] ?? []),
  );
  return { data: rows.map(present), meta: offsetMetaOf(query, total, rows.length) };
}

type Input = { actor: LoadedPerson; id: string; call: Pick<Call, 'id' | 'ip'> };

/** Begins from the first attempt again, whatever became of the message before. */
export async function resendDelivery(deps: Deps, { actor, id, call }: Input): Promise<MessageDelivery> {
  return transact(deps, async (tx) => {
    const { rows } = await sql<{
      state: DeliveryState;
    }>`select state from message_delivery where id = ${id} for update`.execute(tx);
    const found = rows[0];
    if (found === undefined) throw notFound('delivery');
    if (found.state === 'PENDING') throw new Refusal('message_delivery.under_way');
    await sql`update message_delivery set state = 'PENDING', attempts = 0, next_attempt_at = now(), sent_at = null,
        waits_for_digest = false, updated_at = now()
      where id = ${id}`.execute(tx);
    const [row] = await readRows(tx, [id]);
    if (row === undefined) throw new Error('a delivery was changed and is gone');
    await appendAudit(tx, {
      action: 'MessageResent',
      actor: userActor(actor),
      actorIp: call.ip,
      targetType: 'MESSAGE_DELIVERY',
      targets: [{ id, name: row.provider }],
      payload: { notificationType: row.type, from: found.state },
      requestId: call.id,
    });
    return present(row);
  });
}
