import type {
  PeopleChange,
  PeopleChangeDetail,
  PeopleChangeLine,
  PeopleChangeState,
} from '@stoa/contract/people-change';
import type { PersonName } from '@stoa/contract/person';
import { abilitiesOnPeopleChange } from '@stoa/core/permissions/abilities-people-change';
import type { Actor, PeopleChangeObject } from '@stoa/core/permissions/objects';
import type { PersonRef } from '@stoa/core/person';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { type List, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';

export type PeopleChangeRow = {
  id: string;
  operation: string;
  target: PeopleChange['target'];
  state: PeopleChangeState;
  reasons: PeopleChange['reasons'];
  gaining_count: number;
  filed_by: string;
  filer_person: string;
  filer: PersonName;
  filed_at: Date;
  expires_at: Date;
  decider: PersonName | null;
  decided_at: Date | null;
  decision_reason: string | null;
  /** Logins of user admins whom it favours. */
  favoured: PersonRef[];
  /** Every user admin but the one who filed it is among those. */
  is_left: boolean;
};

/** What nobody has decided in time is over, also before anything has looked. */
const stateNow = sql`case when c.state = 'WAITING' and c.expires_at <= now() then 'EXPIRED' else c.state end`;
const nameJson = (alias: string) =>
  sql`json_build_object('globalUserId', ${sql.ref(`${alias}.global_user_id`)}, 'username', ${sql.ref(`${alias}.username`)}, 'name', ${sql.ref(`${alias}.name`)})`;

export async function readRows(db: Reader, ids: readonly string[]): Promise<PeopleChangeRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<PeopleChangeRow>`
    with admin as materialized (
      select u.global_user_id, u.person_id from app_user u join global_permission p on p.global_user_id = u.global_user_id
      where p.permission = 'USER_ADMIN' and u.status = 'active'
    )
    select c.id, c.operation, json_build_object('type', c.target_type, 'id', c.target_id, 'name', c.target_name) as target,
      ${stateNow} as state, c.reasons, c.gaining_count, c.filed_by, f.person_id as filer_person, ${nameJson('f')} as filer,
      c.filed_at, c.expires_at, case when d.global_user_id is not null then ${nameJson('d')} end as decider, c.decided_at, c.decision_reason, a.*
    from people_change c join app_user f on f.global_user_id = c.filed_by
      left join app_user d on d.global_user_id = c.decided_by
      cross join lateral (
        select coalesce(json_agg(json_build_object('globalUserId', w.global_user_id, 'personId', w.person_id)) filter (where w.is_favoured), '[]') as favoured,
          coalesce(bool_and(w.is_favoured or w.person_id = f.person_id), false) as is_left
        from (select n.*, n.person_id in (select o.person_id from app_user o where o.global_user_id = any(c.favours)) as is_favoured from admin n) w
      ) a
    where c.id = any(${[...ids]}::uuid[]) order by c.filed_at desc, c.id desc`.execute(db);
  return rows;
}

/** Whether this person may confirm `c` now; what `is_left` says of one row it says of many. */
const waitsFor = (personId: string) => sql`c.state = 'WAITING' and c.expires_at > now()
  and (select f.person_id from app_user f where f.global_user_id = c.filed_by) <> ${personId}
  and not (exists (select from app_user o where o.global_user_id = any(c.favours) and o.person_id = ${personId})
    and exists (select from app_user u join global_permission p on p.global_user_id = u.global_user_id
      where p.permission = 'USER_ADMIN' and u.status = 'active'
        and u.person_id <> (select f.person_id from app_user f where f.global_user_id = c.filed_by)
        and u.person_id not in (select o.person_id from app_user o where o.global_user_id = any(c.favours))))`;

type Page = { waitsForMe: boolean; offset: number; limit: number; state?: readonly PeopleChangeState[] | undefined };

export async function listPeopleChangesOf(
  deps: Pick<Deps, 'db' | 'landmarks'>,
  actor: Actor,
  page: Page,
): Promise<{ rows: PeopleChangeRow[]; total: number }> {
  const states = page.state ?? null;
  const list: List = {
    from: sql`people_change c`,
    where: sql`(${states === null} or ${stateNow} = any(${[...(states ?? [])]}::text[]))
      and (${!page.waitsForMe} or (${waitsFor(actor.personId)}))`,
    order: [
      { value: sql`c.filed_at`, type: 'timestamptz' },
      { value: sql`c.id`, type: 'uuid' },
    ],
    isDescending: true,
  };
  const { total, keys } = await readPage(deps, list, page);
  return {
    rows: await readRows(
      deps.db,
      keys.map((key) => key.at(-1) ?? ''),
    ),
    total,
  };
}

/** The change as the rule looks at it. */
export const objectOf = (row: PeopleChangeRow): Omit<PeopleChangeObject, 'act'> => ({
  kind: 'people-change',
  filedBy: { globalUserId: row.filed_by, personId: row.filer_person },
  favours: row.favoured,
  isLeftToThem: row.is_left,
});

export const presentPeopleChange = (actor: Actor, row: PeopleChangeRow): PeopleChange => ({
  id: row.id,
  operation: row.operation,
  target: row.target,
  state: row.state,
  reasons: row.reasons,
  gainingCount: row.gaining_count,
  filedBy: row.filer,
  filedAt: row.filed_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  ...(row.decider === null ? {} : { decidedBy: row.decider }),
  ...(row.decided_at === null ? {} : { decidedAt: row.decided_at.toISOString() }),
  ...(row.decision_reason === null ? {} : { decisionReason: row.decision_reason }),
  abilities: abilitiesOnPeopleChange(actor, objectOf(row), { isWaiting: row.state === 'WAITING' }),
});

export async function readDetail(db: Reader, actor: Actor, id: string): Promise<PeopleChangeDetail> {
  const [row] = await readRows(db, [id]);
  if (!row) throw notFound('people change');
  const { rows } = await sql<{ changes: PeopleChangeLine[]; change_count: number; gaining: PersonName[] }>`
    select c.changes, c.change_count, array(select ${nameJson('u')} from unnest(c.gaining) with ordinality g (id, at)
      join app_user u on u.global_user_id = g.id order by g.at) as gaining
    from people_change c where c.id = ${id}`.execute(db);
  const { changes = [], change_count: changeCount = 0, gaining = [] } = rows[0] ?? {};
  return { ...presentPeopleChange(actor, row), changes, changeCount, gaining };
}
