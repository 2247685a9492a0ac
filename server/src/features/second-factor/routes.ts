import * as operation from '@stoa/contract/second-factor';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { type Route, route } from '../../http/route.ts';
import { removeSecondFactor, resetSecondFactor } from './remove.ts';
import { activateSecondFactor, beginSecondFactor, renewRecoveryCodes } from './set-up.ts';

async function secondFactorOf(db: Reader, globalUserId: string): Promise<operation.OwnSecondFactor> {
  const { rows } = await sql<{ since: Date; left: number }>`
    select f.activated_at as since,
      (select count(*)::int from recovery_code r where r.global_user_id = f.global_user_id) as left
    from second_factor f where f.global_user_id = ${globalUserId} and f.activated_at is not null`.execute(db);
  const [row] = rows;
  return row === undefined
    ? { isOn: false }
    : { isOn: true, since: row.since.toISOString(), recoveryCodesLeft: row.left };
}

const secret = { answersSecret: true };

export const secondFactorRoutes: readonly Route[] = [
  route(operation.getSecondFactor)(async ({ deps, actor }) => ({
    status: 200,
    body: await secondFactorOf(deps.db, actor.globalUserId),
  })),
  route(
    operation.beginSecondFactor,
    secret,
  )(async ({ deps, actor, call }) => ({ status: 200, body: await beginSecondFactor(deps, actor, call) })),
  route(
    operation.activateSecondFactor,
    secret,
  )(async ({ deps, actor, body: { code }, call }) => ({
    status: 200,
    body: { recoveryCodes: await activateSecondFactor(deps, { actor, code }, call) },
  })),
  route(
    operation.renewRecoveryCodes,
    secret,
  )(async ({ deps, actor, call }) => ({
    status: 200,
    body: { recoveryCodes: await renewRecoveryCodes(deps, actor, call) },
  })),
  route(operation.removeSecondFactor)(async ({ deps, actor, body: { code }, call }) => {
    await removeSecondFactor(deps, { actor, code }, call);
    return { status: 204 };
  }),
  route(operation.resetSecondFactor)(async ({ deps, actor, params, call }) => {
    await resetSecondFactor(deps, actor, params.globalUserId, call);
    return { status: 204 };
  }),
];
