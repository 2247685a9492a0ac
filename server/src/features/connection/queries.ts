import type { ConnectionConfig, ConnectionSettings, CrawlProgress, PreflightCheck } from '@stoa/contract/connection';
import type { ConnectionState, Technology } from '@stoa/contract/enums';
import { type RawBuilder, sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader, Tx } from '../../db/pool.ts';
import { type List, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';

export type ConnectionRow = {
  id: string;
  connection_key: string;
  technology: Technology;
  config: ConnectionConfig;
  settings: Partial<ConnectionSettings>;
  auth_type: 'password';
  secret: string;
  state: ConnectionState;
  state_reason: string | null;
  server_info: { serverVersion?: string; preflight?: { checkedAt: string; checks: PreflightCheck[] } } | null;
  sync_interval_hours: number;
  created_at: Date;
  updated_at: Date;
  last_run_at: Date | null;
  last_ok_at: Date | null;
  run_error: string | null;
  next_attempt_at: Date | null;
  down_since: Date | null;
};

/** How far the work on a connection has come, read beside the row itself. */
export type ConnectionProgress = {
  crawl: {
    status: CrawlProgress['status'];
    found: number;
    startedAt: string;
    finishedAt: string | null;
    error: string | null;
  } | null;
  waiting_keys: number;
  pending: number;
  failed: number;
  drift_count: number;
  object_count: number;
  data_source_count: number;
};
export type WholeConnection = ConnectionRow & ConnectionProgress;

const progressColumns = sql<ConnectionProgress>`
  (select json_build_object('status', w.status, 'found', w.found, 'startedAt', w.started_at, 'finishedAt', w.finished_at, 'error', w.error)
     from crawl w where w.connection_id = c.id order by w.started_at desc, w.id desc limit 1) as crawl,
  (select count(*)::int from provisioning_key k where k.connection_id = c.id) as waiting_keys,
  (select count(*)::int from membership_status m where m.connection_id = c.id and m.state in ('PROVISIONING', 'REMOVING')) as pending,
  (select count(*)::int from membership_status m where m.connection_id = c.id and m.state in ('FAILED', 'REMOVE_FAILED')) as failed,
  (select count(*)::int from drift_finding d where d.connection_id = c.id and d.closed_at is null and d.ignored_at is null) as drift_count,
  (select count(*)::int from data_object o where o.connection_id = c.id and o.missing_since is null) as object_count,
  (select count(*)::int from data_source s where s.connection_id = c.id and s.enabled) as data_source_count`;

const whole = (where: RawBuilder<unknown>) =>
  sql<WholeConnection>`select c.*, ${progressColumns} from connection c ${where}`;

export async function readWholeConnection(db: Reader, connectionKey: string): Promise<WholeConnection | undefined> {
  const { rows } = await whole(sql`where c.connection_key = ${connectionKey}`).execute(db);
  return rows[0];
}

export async function listWholeConnections(
  deps: Pick<Deps, 'db' | 'landmarks'>,
  page: { offset: number; limit: number; searchText?: string | undefined },
): Promise<{ rows: WholeConnection[]; total: number }> {
  const pattern = likePattern(page.searchText ?? '');
  const list: List = {
    from: sql`connection c`,
    where: sql`(c.connection_key ilike ${pattern} or c.config ->> 'host' ilike ${pattern} or c.config ->> 'database' ilike ${pattern})`,
    order: [{ value: sql`c.connection_key`, type: 'text' }],
  };
  const { total, keys } = await readPage(deps, list, page);
  const { rows } = await whole(
    sql`where c.connection_key = any(${keys.flat()}::text[]) order by c.connection_key`,
  ).execute(deps.db);
  return { rows, total };
}

/** Keeps others from changing the connection until the transaction ends. */
export async function lockConnection(tx: Tx, connectionKey: string): Promise<ConnectionRow | undefined> {
  const { rows } =
    await sql<ConnectionRow>`select * from connection where connection_key = ${connectionKey} for update`.execute(tx);
  return rows[0];
}

/** Published products that hold a source of the connection. */
export async function productsOn(db: Reader, connectionId: string): Promise<{ id: string; name: string }[]> {
  const { rows } = await sql<{ id: string; name: string }>`
    select distinct p.id, p.name from data_product p
      join data_product_source ps on ps.data_product_id = p.id join data_source s on s.id = ps.data_source_id
    where s.connection_id = ${connectionId} and p.deleted_at is null order by p.name limit 100`.execute(db);
  return rows;
}
