import type { Drift } from '@stoa/contract/connection';
import type { DriftFinding } from '@stoa/contract/enums';
import type { PersonName } from '@stoa/contract/person';
import { sql } from 'kysely';
import { likePattern } from '../../db/like-pattern.ts';
import type { Reader } from '../../db/pool.ts';
import { type List, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';

type Row = {
  id: string;
  finding: DriftFinding;
  object: string;
  principal: string;
  privilege: string;
  detail: { message?: unknown; repair?: unknown };
  since: Date;
  ignored: Drift['ignored'] | null;
  people: PersonName[];
  target: Drift['target'] | null;
};

/** What a person settles: nothing mends it by itself. */
export const isForPerson = (finding: DriftFinding): boolean =>
  finding === 'bypass' || finding === 'extra_on_container' || finding === 'unknown_member';

/** What Stoa does about each finding (platforms.md 2). */
const reactions: Record<DriftFinding, string> = {
  missing: 'Stoa grants it again; while a check of the connection fails, once it passes.',
  extra_on_container: 'Reported; a person takes it back or ignores it.',
  bypass: 'Reported; Stoa takes away what others granted only by a plan that two people have agreed on.',
  tampered_policy: 'Stoa writes it again.',
  unknown_member:
    'Reported; removed where it was given in our name. On PostgreSQL 15 and older also where the connection is set to strict members and does not protect the login; from 16 on, only its grantor can take it back.',
  identity_missing: 'Access waits until the login is there again or is confirmed.',
};

export async function listDriftOf(
  deps: Pick<Deps, 'db' | 'landmarks'>,
  page: {
    connectionId: string;
    offset: number;
    limit: number;
    searchText?: string | undefined;
    finding?: readonly DriftFinding[] | undefined;
    ignored?: boolean | undefined;
  },
): Promise<{ data: Drift[]; total: number }> {
  const findings = page.finding ?? null;
  const pattern = likePattern(page.searchText ?? '');
  const list: List = {
    from: sql`drift_finding`,
    where: sql`connection_id = ${page.connectionId} and closed_at is null
      and (${page.ignored ?? null}::boolean is null or (ignored_at is not null) = ${page.ignored ?? null})
      and (${findings === null} or finding = any(${findings ?? []}::text[]))
      and (object ilike ${pattern} or principal ilike ${pattern} or privilege ilike ${pattern})`,
    order: [
      { value: sql`since`, type: 'timestamptz' },
      { value: sql`id`, type: 'uuid' },
    ],
    isDescending: true,
  };
  const { total, keys } = await readPage(deps, list, page);
  const ids = keys.map((key) => key.at(-1) ?? '');
  return { data: await readDrift(deps.db, ids), total };
}

const mostPeople = 20;
const personNameJson = sql`json_build_object('globalUserId', u.global_user_id, 'username', u.username, 'name', u.name)`;

/** The findings with these ids, the newest first. */
export async function readDrift(db: Reader, ids: readonly string[]): Promise<Drift[]> {
  const { rows } = await sql<Row>`
    select f.id, f.finding, f.object, f.principal, f.privilege, f.detail - 'consumers' as detail, f.since,
      (select json_build_object('by', ${personNameJson}, 'at', f.ignored_at, 'reason', f.ignored_reason)
        from app_user u where u.global_user_id = f.ignored_by) as ignored,
      (select coalesce(json_agg(${personNameJson} order by u.name), '[]') from (
        select u.* from platform_identity i join app_user u on u.global_user_id = i.global_user_id
        where i.connection_id = f.connection_id and coalesce(f.detail -> 'consumers', '[]') ? i.platform_principal_id
        order by u.name limit ${mostPeople}) u) as people,
      (select json_build_object('kind', case c.kind when 'dp' then 'DATA_PRODUCT' when 'as' then 'DATA_OBJECT' else 'POLICY' end,
          'id', c.target_id, 'name', coalesce(p.name, array_to_string(o.object_path, '.'), y.name))
        from container c left join data_product p on p.id = c.target_id left join data_object o on o.id = c.target_id
          left join policy y on y.id = c.target_id
        where c.connection_id = f.connection_id and c.target_id = (f.detail ->> 'targetId')::uuid and f.finding = 'unknown_member'
          and p.deleted_at is null and coalesce(p.name, o.name, y.name) is not null) as target
    from drift_finding f where f.id = any(${[...ids]}::uuid[]) order by f.since desc, f.id desc`.execute(db);
  return rows.map(present);
}

const present = (row: Row): Drift => ({
  id: row.id,
  finding: row.finding,
  object: row.object,
  principal: row.principal === '' ? null : row.principal,
  privilege: row.privilege === '' ? null : row.privilege,
  since: row.since.toISOString(),
  reaction: reactions[row.finding],
  ...(typeof row.detail.message === 'string' ? { detail: row.detail.message } : {}),
  isForPerson: isForPerson(row.finding),
  ...(typeof row.detail.repair === 'string' ? { repair: row.detail.repair } : {}),
  ...(row.ignored === null || row.ignored === undefined
    ? {}
    : { ignored: { ...row.ignored, at: new Date(row.ignored.at).toISOString() } }),
  people: row.people,
  ...(row.target === null ? {} : { target: row.target }),
});
