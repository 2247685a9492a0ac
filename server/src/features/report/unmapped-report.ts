import type { Technology } from '@stoa/contract/enums';
import { mostNamedObjects, type ReportSource, type UnmappedLoginRow } from '@stoa/contract/report';
import { everyObject } from '@stoa/core/provisioning/unmapped';
import type { Scope } from '@stoa/core/permissions/standing';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import type { Report } from './read-report.ts';
import { speaksOfSource } from './report-scope.ts';

type Row = {
  connection_key: string;
  technology: Technology;
  login: string;
  can_login: boolean | null;
  through: string | null;
  privilege: string;
  object_count: number;
  is_everything: boolean;
  objects: ReportSource[];
  since: Date;
};

type Question = {
  scope: Scope;
  sourceId?: number | undefined;
  connectionKey?: string | undefined;
  canLogin?: boolean | undefined;
  searchText?: string | undefined;
};

/**
 * One row per login, role that lets it in, and privilege. What a role opens is counted before logins are joined to it. Whoever was
 * mapped to a person since the last look is not told any more.
 */
export function unmappedReport(question: Question): Report<Row, UnmappedLoginRow> {
  const { scope, sourceId, connectionKey, canLogin, searchText } = question;
  const text = searchText?.trim() ?? '';
  const pattern = likePattern(text);
  return {
    rows: sql`
      with governed as materialized (
        select s.id, s.connection_id, o.platform_id, p.view_id, o.object_path,
          -- Paths are put in order once, not anew for each role.
          row_number() over (order by o.object_path, s.id) as place from data_source s join data_object o on o.id = s.data_object_id
          join connection c on c.id = s.connection_id left join source_protection p on p.data_source_id = s.id
        where s.enabled and o.missing_since is null and (${connectionKey ?? null}::text is null or c.connection_key = ${connectionKey ?? null})
          and (${sourceId ?? null}::int is null or s.id = ${sourceId ?? null}) and ${speaksOfSource(scope, sql`s.id`)}
      ), object as materialized (
        select id, connection_id, object_path, place, platform_id as object_id, false as is_everything from governed
        union all select id, connection_id, object_path, place, view_id, false from governed where view_id is not null
        union all select id, connection_id, object_path, place, ${everyObject}, true from governed
      ), way as materialized (
        select w.connection_id, w.role_id, w.role_name, w.privilege, g.is_everything, count(distinct g.id)::int as object_count,
          -- A table and the view before it are one data source: twice as many are enough.
          (array_agg(g.id order by g.place))[1:${2 * mostNamedObjects}] as source_ids,
          ${text === '' ? sql`true` : sql`bool_or(array_to_string(g.object_path, '.') ilike ${pattern})`} as is_found, min(w.since) as since
        from unmapped_way w join object g on g.connection_id = w.connection_id and g.object_id = w.object_id group by 1, 2, 3, 4, 5
      )
      select concat_ws('/', l.principal_id, way.role_id, way.privilege, way.is_everything) as row_id, c.connection_key, c.technology, l.name as login,
        l.can_login, case when way.role_id <> l.principal_id then way.role_name end as through, way.privilege, way.object_count, way.is_everything,
        way.source_ids, greatest(l.since, way.since) as since
      from way join unmapped_login l on l.connection_id = way.connection_id and l.role_id = way.role_id join connection c on c.id = way.connection_id
      where (${text === ''} or way.is_found or l.name ilike ${pattern} or way.role_name ilike ${pattern} or way.privilege ilike ${pattern})
        and (${canLogin ?? null}::boolean is null or coalesce(l.can_login, true) = ${canLogin ?? null})
        and not exists (select from platform_identity i where i.connection_id = l.connection_id and i.platform_principal_id = l.principal_id)`,
    order: [
      { value: sql`connection_key`, type: 'text' },
      { value: sql`login`, type: 'text' },
      { value: sql`row_id`, type: 'text' },
    ],
    detail: (shown) => sql`select row.*, (
        select coalesce(json_agg(json_build_object('dataSourceId', s.id, 'name', s.name, 'connectionKey', row.connection_key,
          'technology', row.technology, 'objectPath', s.object_path) order by s.object_path), '[]')
        from (select s.id, s.name, o.object_path from data_source s join data_object o on o.id = s.data_object_id
          where s.id = any(row.source_ids) order by o.object_path, s.id limit ${mostNamedObjects}) s) as objects
      from ${shown} row`,
    tell: (row) => ({
      connectionKey: row.connection_key,
      technology: row.technology,
      login: row.login,
      canLogin: row.can_login,
      through: row.through,
      privilege: row.privilege,
      objectCount: row.object_count,
      isEverything: row.is_everything,
      objects: row.objects,
      since: row.since.toISOString(),
    }),
  };
}

/** When the platforms that the reader's reports speak of were looked at last, whichever of them is asked about. */
export async function readLooks(
  db: Reader,
  { scope, sourceId }: Question,
): Promise<{ connectionKey: string; at: string | null; isCut: boolean }[]> {
  const { rows } = await sql<{ connection_key: string; looked_at: Date | null; is_cut: boolean | null }>`
    select c.connection_key, k.looked_at, k.is_cut from connection c left join unmapped_look k on k.connection_id = c.id
    where exists (select from data_source s where s.connection_id = c.id and s.enabled
        and (${sourceId ?? null}::int is null or s.id = ${sourceId ?? null}) and ${speaksOfSource(scope, sql`s.id`)})
    order by c.connection_key`.execute(db);
  return rows.map((row) => ({
    connectionKey: row.connection_key,
    at: row.looked_at?.toISOString() ?? null,
    isCut: row.is_cut === true,
  }));
}
