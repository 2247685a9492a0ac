import type { TakeBackPlan, TakeBackStatement } from '@stoa/contract/existing-grant';
import type { PersonName } from '@stoa/contract/person';
import type { TakenGroup } from '@stoa/core/provisioning/existing-grants';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { type PlannedStatement, type PlannedTakeBack, privilegeWords } from '../../provisioning/take-back-plan.ts';
import type { MadePlan } from './make-plan.ts';

/** More a plan that is filed does not hold. */
export const mostStatements = 1_000;
const mostKept = 500;
const mostLosing = 200;
export const mostPeople = 20;

export type Losing = { readonly globalUserId: string; readonly objectCount: number };

/** Whoever has no other way by Stoa to something that is taken, with how many objects that is. */
export function losingBy({ statements }: Pick<PlannedTakeBack, 'statements'>): {
  losing: Losing[];
  losingCount: number;
} {
  const objects = new Map<string, Set<string>>();
  for (const { group, people } of statements)
    for (const { globalUserId, keeps } of people) {
      if (keeps) continue;
      const known = objects.get(globalUserId);
      if (known) known.add(group.objectId);
      else objects.set(globalUserId, new Set([group.objectId]));
    }
  const list = [...objects].map(([globalUserId, ids]) => ({ globalUserId, objectCount: ids.size }));
  const most = list.toSorted((a, b) => b.objectCount - a.objectCount || a.globalUserId.localeCompare(b.globalUserId));
  return { losing: most.slice(0, mostLosing), losingCount: most.length };
}

export async function namesOfPeople(db: Reader, ids: readonly string[]): Promise<ReadonlyMap<string, PersonName>> {
  const { rows } = await sql<PersonName>`select global_user_id as "globalUserId", username, name from app_user
    where global_user_id = any(${[...new Set(ids)]}::uuid[])`.execute(db);
  return new Map(rows.map((row) => [row.globalUserId, row]));
}

type Shown = PlannedStatement & { readonly peopleCount: number; readonly losingCount: number };

/** Those who lose come first: they are whom one looks for. */
export const shownOf = (one: PlannedStatement): Shown => ({
  ...one,
  people: one.people.toSorted((a, b) => Number(a.keeps) - Number(b.keeps)).slice(0, mostPeople),
  peopleCount: one.people.length,
  losingCount: one.people.filter(({ keeps }) => !keeps).length,
});

export const presentStatement = (
  { group, sql: text, people, peopleCount, losingCount }: Omit<Shown, 'group'> & { readonly group: TakenGroup },
  names: ReadonlyMap<string, PersonName>,
): TakeBackStatement => ({
  object: group.objectPath.join('.'),
  grantee: group.granteeName,
  privilege: privilegeWords(group),
  sql: text,
  grantor: group.grantorName,
  runs: group.runs,
  ...(group.because === undefined ? {} : { because: group.because }),
  people: people.flatMap(({ globalUserId, keeps }) => {
    const person = names.get(globalUserId);
    return person === undefined ? [] : [{ ...person, keeps }];
  }),
  peopleCount,
  losingCount,
});

export const presentLosing = (losing: readonly Losing[], names: ReadonlyMap<string, PersonName>) =>
  losing.flatMap(({ globalUserId, objectCount }) => {
    const user = names.get(globalUserId);
    return user === undefined ? [] : [{ user, objectCount }];
  });

export async function presentPlan(db: Reader, { connection, ask, plan }: MadePlan): Promise<TakeBackPlan> {
  const shown = plan.statements.slice(0, mostStatements).map(shownOf);
  const kept = plan.kept.slice(0, mostKept).map((one) => ({ ...one, waiting: one.waiting.slice(0, mostPeople) }));
  const { losing, losingCount } = losingBy(plan);
  const names = await namesOfPeople(db, [
    ...shown.flatMap(({ people }) => people.map(({ globalUserId }) => globalUserId)),
    ...kept.flatMap(({ waiting }) => waiting),
    ...losing.map(({ globalUserId }) => globalUserId),
  ]);
  return {
    connectionKey: connection.connection_key,
    mode: ask.mode,
    path: [...ask.path],
    planHash: plan.planHash,
    observedAt: plan.observedAt,
    statements: shown.map((one) => presentStatement(one, names)),
    statementCount: plan.statements.length,
    ownCount: plan.statements.filter(({ group }) => group.runs === 'stoa').length,
    losing: presentLosing(losing, names),
    losingCount,
    kept: kept.map(({ waiting, ...one }) => ({ ...one, people: waiting.flatMap((id) => names.get(id) ?? []) })),
    keptCount: plan.kept.length,
  };
}
