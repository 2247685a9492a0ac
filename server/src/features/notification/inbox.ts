import type { InboxMessage, InboxSummary } from '@stoa/contract/notification';
import type { NotificationType } from '@stoa/contract/notification-type';
import { offsetMetaOf } from '@stoa/contract/page';
import type { Detail } from '@stoa/core/notification/words';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { readPage } from '../../db/read-page.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { publicUrlOf } from '../../http/public-url.ts';
import { notFound } from '../../http/refusal.ts';

type Row = {
  id: string;
  notification_id: string;
  notification_type: NotificationType;
  subject: string;
  message: string;
  details: Detail[];
  action_path: string | null;
  action_label: string | null;
  request_id: string | null;
  created_at: Date;
  read_at: Date | null;
};
export type InboxQuery = {
  offset: number;
  limit: number;
  read?: boolean | undefined;
  searchText?: string | undefined;
  type?: readonly NotificationType[] | undefined;
  requestId?: string | undefined;
};

const columns = sql`id, notification_id, notification_type, subject, message, details, action_path, action_label, request_id,
  created_at, read_at`;

const present = (deps: Deps, row: Row): InboxMessage => ({
  id: row.id,
  notificationId: row.notification_id,
  notificationType: row.notification_type,
  subject: row.subject,
  message: row.message,
  createdAt: row.created_at.toISOString(),
  ...(row.read_at === null ? {} : { readAt: row.read_at.toISOString() }),
  data: {
    details: row.details,
    ...(row.request_id === null ? {} : { requestId: row.request_id }),
    ...(row.action_path === null || row.action_label === null
      ? {}
      : {
          actionLink: publicUrlOf(deps) + row.action_path,
          actionPath: row.action_path,
          actionLabel: row.action_label,
        }),
  },
});

async function readRows(db: Reader, ids: readonly string[], globalUserId: string): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select ${columns} from inbox_message where id = any(${[...ids]}::uuid[]) and global_user_id = ${globalUserId}
    order by created_at desc, id desc`.execute(db);
  return rows;
}

/** The caller's messages, newest first. */
export async function listInbox(deps: Deps, globalUserId: string, query: InboxQuery) {
  const search = query.searchText?.trim() ?? '';
  const pattern = likePattern(search);
  const where = sql`global_user_id = ${globalUserId}
    ${query.read === undefined ? sql`` : query.read ? sql`and read_at is not null` : sql`and read_at is null`}
    ${query.type === undefined || query.type.length === 0 ? sql`` : sql`and notification_type = any(${[...query.type]}::text[])`}
    ${query.requestId === undefined ? sql`` : sql`and request_id = ${query.requestId}`}
    ${search === '' ? sql`` : sql`and (subject ilike ${pattern} or message ilike ${pattern})`}`;
  const { total, keys } = await readPage(
    deps,
    {
      from: sql`inbox_message`,
      where,
      order: [
        { value: sql`created_at`, type: 'timestamptz' },
        { value: sql`id`, type: 'uuid' },
      ],
      isDescending: true,
    },
    query,
  );
  const rows = await readRows(
    deps.db,
    keys.flatMap((key) => key[1] ?? []),
    globalUserId,
  );
  return { data: rows.map((row) => present(deps, row)), meta: offsetMetaOf(query, total, rows.length) };
}

export async function readInboxMessage(deps: Deps, globalUserId: string, id: string): Promise<InboxMessage> {
  const [row] = await readRows(deps.db, [id], globalUserId);
  if (row === undefined) throw notFound('message');
  return present(deps, row);
}

type Mark = { readonly id: string; readonly read: boolean };

/** Marks messages of the caller; all of them or, when one is not theirs, none. The time of the first reading stays. */
export async function markMessages(deps: Deps, globalUserId: string, marks: readonly Mark[]): Promise<InboxMessage[]> {
  const last = new Map(marks.map(({ id, read }) => [id.toLowerCase(), read]));
  const ids = [...last.keys()].sort();
  const rows = await transact(deps, async (tx, after) => {
    const { rows: own } = await sql<{ id: string }>`
      select id from inbox_message where id = any(${ids}::uuid[]) and global_user_id = ${globalUserId} order by id for no key update`.execute(
      tx,
    );
    if (own.length < ids.length) throw notFound('message');
    const wanted = JSON.stringify([...last].map(([id, read]) => ({ id, read })));
    await sql`update inbox_message m set read_at = case when x.read then coalesce(m.read_at, now()) end
      from json_to_recordset(${wanted}::json) as x (id uuid, read boolean)
      where m.id = x.id and (m.read_at is not null) <> x.read`.execute(tx);
    after.changed('notification', globalUserId);
    return readRows(tx, ids, globalUserId);
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return [...last.keys()].flatMap((id) => byId.get(id) ?? []).map((row) => present(deps, row));
}

export async function summarizeInbox(db: Reader, globalUserId: string): Promise<InboxSummary> {
  const { rows } = await sql<InboxSummary>`
    select count(*) filter (where read_at is null)::int as unread, count(*)::int as total
    from inbox_message where global_user_id = ${globalUserId}`.execute(db);
  return rows[0] ?? { unread: 0, total: 0 };
}

/** What comes while the caller looks stays unread: they have not seen it. */
export async function readWholeInbox(deps: Deps, globalUserId: string, until: string): Promise<InboxSummary> {
  return transact(deps, async (tx, after) => {
    await sql`update inbox_message set read_at = now()
      where global_user_id = ${globalUserId} and read_at is null and date_trunc('milliseconds', created_at) <= ${until}::timestamptz`.execute(
      tx,
    );
    after.changed('notification', globalUserId);
    return summarizeInbox(tx, globalUserId);
  });
}
