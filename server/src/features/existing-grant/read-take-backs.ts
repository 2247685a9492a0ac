import type {
  TakeBack,
  TakeBackDetail,
  TakeBackMode,
  TakeBackState,
  TakeBackStatement,
} from '@stoa/contract/existing-grant';
import type { PersonName } from '@stoa/contract/person';
import { abilitiesOnTakeBack } from '@stoa/core/permissions/abilities';
import type { Actor } from '@stoa/core/permissions/objects';
import type { TakenGroup } from '@stoa/core/provisioning/existing-grants';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { type List, readPage } from '../../db/read-page.ts';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import { type Losing, namesOfPeople, presentLosing, presentStatement } from './present-plan.ts';

export type TakeBackRow = {
  id: string;
  connection_id: string;
  connection_key: string;
  mode: TakeBackMode;
  path: string[];
  named: string[] | null;
  plan_hash: string;
  reason: string;
  losing: Losing[];
  losing_count: number;
  state: TakeBackState;
  filed_by: string;
  filer_person: string;
  filer: PersonName;
  filed_at: Date;
  expires_at: Date;
  decider: PersonName | null;
  decided_at: Date | null;
  decision_reason: string | null;
  ended_at: Date | null;
  statement_count: number;
  gone_count: number;
  failed_count: number;
  administrator_count: number;
};

/** What nobody has decided in time is over without anybody's doing. */
const stateNow = sql`case when t.state = 'WAITING' and t.expires_at <= now() then 'EXPIRED' else t.state end`;
const nameJson = (alias: string) =>
  sql`json_build_object('globalUserId', ${sql.ref(`${alias}.global_user_id`)}, 'username', ${sql.ref(`${alias}.username`)}, 'name', ${sql.ref(`${alias}.name`)})`;

export async function readRows(db: Reader, ids: readonly string[]): Promise<TakeBackRow[]> {
  const { rows } = await sql<TakeBackRow>`
    select t.id, t.connection_id, c.connection_key, t.mode, t.path, t.named, t.plan_hash, t.reason, t.losing, t.losing_count,
      ${stateNow} as state, t.filed_by, f.person_id as filer_person, ${nameJson('f')} as filer, t.filed_at, t.expires_at,
      case when d.global_user_id is not null then ${nameJson('d')} end as decider, t.decided_at, t.decision_reason, t.ended_at, n.*
    from take_back t join connection c on c.id = t.connection_id join app_user f on f.global_user_id = t.filed_by
      left join app_user d on d.global_user_id = t.decided_by
      cross join lateral (select count(*)::int as statement_count, count(*) filter (where state = 'GONE')::int as gone_count,
        count(*) filter (where state = 'FAILED')::int as failed_count,
        count(*) filter (where state = 'PLANNED' and runs = 'administrator')::int as administrator_count
        from take_back_statement s where s.take_back_id = t.id) n
    where t.id = any(${[...ids]}::uuid[]) order by t.filed_at desc, t.id desc`.execute(db);
  return rows;
}

export async function listTakeBacksOf(
  deps: Pick<Deps, 'db' | 'landmarks'>,
  page: { connectionId: string; offset: number; limit: number; state?: readonly TakeBackState[] | undefined },
): Promise<{ rows: TakeBackRow[]; total: number }> {
  const states = page.state ?? null;
  const list: List = {
    from: sql`take_back t`,
    where: sql`t.connection_id = ${page.connectionId} and (${states === null} or ${stateNow} = any(${[...(states ?? [])]}::text[]))`,
    order: [
      { value: sql`t.filed_at`, type: 'timestamptz' },
      { value: sql`t.id`, type: 'uuid' },
    ],
    isDescending: true,
  };
  const { total, keys } = await readPage(deps, list, page);
  const ids = keys.map((key) => key.at(-1) ?? '');
  return { rows: await readRows(deps.db, ids), total };
}

export function presentTakeBack(actor: Actor, row: TakeBackRow): TakeBack {
  const plan = { kind: 'take-back', filedBy: filerOf(row) } as const;
  const isToRecheck = ['RUNNING', 'DONE'].includes(row.state) && row.administrator_count + row.failed_count > 0;
  return {
    id: row.id,
    connectionKey: row.connection_key,
    mode: row.mode,
    path: row.path,
    state: row.state,
    reason: row.reason,
    filedBy: row.filer,
    filedAt: row.filed_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    ...(row.decider === null ? {} : { decidedBy: row.decider }),
    ...(row.decided_at === null ? {} : { decidedAt: row.decided_at.toISOString() }),
    ...(row.decision_reason === null ? {} : { decisionReason: row.decision_reason }),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at.toISOString() }),
    statementCount: row.statement_count,
    goneCount: row.gone_count,
    failedCount: row.failed_count,
    administratorCount: row.administrator_count,
    losingCount: row.losing_count,
    abilities: abilitiesOnTakeBack(actor, plan, { isWaiting: row.state === 'WAITING', isToRecheck }),
  };
}

export const filerOf = (row: Pick<TakeBackRow, 'filed_by' | 'filer_person'>) => ({
  globalUserId: row.filed_by,
  personId: row.filer_person,
});

type StatementRow = {
  group: TakenGroup;
  sql: string;
  people: { globalUserId: string; keeps: boolean }[];
  people_count: number;
  losing_count: number;
  state: NonNullable<TakeBackStatement['state']>;
  failure: string | null;
};

/** The plan with its statements, and what has become of them. */
export async function readDetail(db: Reader, actor: Actor, id: string): Promise<TakeBackDetail> {
  const [row] = await readRows(db, [id]);
  if (!row) throw notFound('plan');
  const { rows } = await sql<StatementRow>`
    select grant_group as group, sql, people, people_count, losing_count, state, failure from take_back_statement
    where take_back_id = ${id} order by position`.execute(db);
  const names = await namesOfPeople(db, [
    ...rows.flatMap(({ people }) => people.map(({ globalUserId }) => globalUserId)),
    ...row.losing.map(({ globalUserId }) => globalUserId),
  ]);
  const left = ['RUNNING', 'DONE'].includes(row.state)
    ? rows.filter(({ group, state }) => group.runs === 'administrator' && state === 'PLANNED')
    : [];
  return {
    ...presentTakeBack(actor, row),
    planHash: row.plan_hash,
    statements: rows.map(({ state, failure, people_count: peopleCount, losing_count: losingCount, ...one }) => ({
      ...presentStatement({ ...one, peopleCount, losingCount }, names),
      state,
      ...(failure === null ? {} : { failure }),
    })),
    losing: presentLosing(row.losing, names),
    ...(left.length === 0 ? {} : { script: scriptOf(left) }),
  };
}

/** All of it or nothing; each statement names the role that it runs as. */
const scriptOf = (left: readonly StatementRow[]): string =>
  ['BEGIN;', ...left.map((one) => `${one.sql};`), 'COMMIT;'].join('\n');
