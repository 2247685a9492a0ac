import type { IdentificationRun } from '@stoa/contract/identification';
import { abilitiesOnRun } from '@stoa/core/permissions/abilities-identification';
import type { Actor, DomainRef, IdentificationObject } from '@stoa/core/permissions/objects';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';

export type RunRow = {
  id: string;
  task_id: string | null;
  scope: IdentificationRun['scope'];
  domain_id: string | null;
  connection_id: string | null;
  connection_key: string | null;
  data_source_id: number | null;
  scope_name: string;
  cause: IdentificationRun['cause'];
  status: IdentificationRun['status'];
  error: string | null;
  total: number;
  done: number;
  refused: number;
  columns: number;
  tags_added: number;
  tags_proposed: number;
  cancel_requested_at: Date | null;
  canceled_by: { globalUserId: string; name: string } | null;
  created_by: { globalUserId: string; name: string } | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  domains: DomainRef[];
};

const person = (column: RawBuilder<unknown>) =>
  sql`(select json_build_object('globalUserId', u.global_user_id, 'name', u.name) from app_user u where u.global_user_id = ${column})`;

/** Runs that the condition on `r` holds for, each with the domains that decide who may see it. */
export async function loadRuns(db: Reader, where: RawBuilder<unknown>): Promise<RunRow[]> {
  const { rows } = await sql<RunRow>`
    select r.*, c.connection_key, ${person(sql`r.created_by`)} as created_by, ${person(sql`r.canceled_by`)} as canceled_by,
      (select coalesce(json_agg(json_build_object('id', d.id, 'name', d.name)), '[]') from domain d
        where d.id = r.domain_id or d.id in (select x.domain_id from domain_data_source x where x.data_source_id = r.data_source_id)) as domains
    from identification_run r left join connection c on c.id = r.connection_id
    where ${where} order by r.created_at desc, r.id`.execute(db);
  return rows;
}

export const objectOfRun = (row: Pick<RunRow, 'scope' | 'domains'>): IdentificationObject => ({
  kind: 'identification',
  scope: row.scope,
  domains: row.domains,
});

export const hasEnded = (status: RunRow['status']): boolean => status !== 'QUEUED' && status !== 'RUNNING';

export const presentRun = (actor: Actor, row: RunRow): IdentificationRun => ({
  id: row.id,
  taskId: row.task_id,
  scope: row.scope,
  scopeName: row.scope_name,
  domainId: row.domain_id,
  connectionKey: row.connection_key,
  dataSourceId: row.data_source_id,
  cause: row.cause,
  status: row.status,
  error: row.error,
  total: row.total,
  done: row.done,
  refused: row.refused,
  columns: row.columns,
  tagsAdded: row.tags_added,
  tagsProposed: row.tags_proposed,
  cancelRequestedAt: row.cancel_requested_at?.toISOString() ?? null,
  canceledBy: row.canceled_by,
  createdBy: row.created_by,
  createdAt: row.created_at.toISOString(),
  startedAt: row.started_at?.toISOString() ?? null,
  finishedAt: row.finished_at?.toISOString() ?? null,
  abilities: abilitiesOnRun(actor, objectOfRun(row), { isEnded: hasEnded(row.status) }),
});
