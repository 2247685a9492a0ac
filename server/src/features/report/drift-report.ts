import type { DriftFinding } from '@stoa/contract/enums';
import type { DriftRow, DriftState } from '@stoa/contract/report';
import type { Scope } from '@stoa/core/permissions/standing';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Report } from './read-report.ts';
import { speaksOfSource } from './report-scope.ts';

type Row = {
  id: string;
  finding: DriftFinding;
  connection_key: string;
  object: string;
  principal: string;
  privilege: string;
  since: Date;
  closed_at: Date | null;
  closed_how: string | null;
  closed_by: string | null;
  closed_reason: string | null;
  ignored_by: string | null;
  ignored_at: Date | null;
  ignored_reason: string | null;
};

type Question = {
  scope: Scope;
  connectionKey?: string | undefined;
  state?: readonly DriftState[] | undefined;
  searchText?: string | undefined;
};

/** Findings of all connections, the newest first; who sees some domains alone sees those about their sources. */
export function driftReport({ scope, connectionKey, state, searchText }: Question): Report<Row, DriftRow> {
  const pattern = likePattern(searchText?.trim() ?? '');
  const isWanted =
    state === undefined
      ? sql`true`
      : sql`case when f.closed_at is not null then 'closed' when f.ignored_at is not null then 'ignored' else 'open' end = any(${[...state]}::text[])`;
  return {
    rows: sql`select f.id, f.finding, c.connection_key, f.object, f.principal, f.privilege, f.since, f.closed_at, f.closed_how, u.name as ignored_by, f.ignored_at, f.ignored_reason,
        t.reason as closed_reason, (select string_agg(p.name, ', ' order by p.global_user_id = t.decided_by) from app_user p
          where p.global_user_id in (t.filed_by, t.decided_by)) as closed_by
      from drift_finding f join connection c on c.id = f.connection_id left join app_user u on u.global_user_id = f.ignored_by
        left join take_back t on t.id = f.take_back_id
      where ${isWanted} and (${connectionKey ?? null}::text is null or c.connection_key = ${connectionKey ?? null})
        and (f.object ilike ${pattern} or f.principal ilike ${pattern} or f.privilege ilike ${pattern})
        and ${
          scope === 'all'
            ? sql`true`
            : sql`exists (select from data_object o join data_source s on s.data_object_id = o.id
                where o.connection_id = f.connection_id and o.platform_id = f.detail ->> 'objectId' and ${speaksOfSource(scope, sql`s.id`)})`
        }`,
    order: [
      { value: sql`- extract(epoch from since)`, type: 'numeric' },
      { value: sql`id`, type: 'uuid' },
    ],
    tell: (row) => ({
      finding: row.finding,
      connectionKey: row.connection_key,
      object: row.object,
      principal: row.principal,
      privilege: row.privilege,
      since: row.since.toISOString(),
      closedAt: row.closed_at?.toISOString() ?? null,
      closedHow: row.closed_how,
      closedBy: row.closed_by,
      closedReason: row.closed_reason,
      ignoredBy: row.ignored_by,
      ignoredAt: row.ignored_at?.toISOString() ?? null,
      ignoredReason: row.ignored_reason,
    }),
  };
}
