import { sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';
import type { Deps } from '../../deps.ts';
import { Refusal } from '../../http/refusal.ts';
import { stepOfCode } from './totp.ts';
import { hashRecoveryCode } from './recovery-codes.ts';
import { tidyCode } from './tidy-code.ts';

/**
 * So many wrong codes of the app are taken of one account in a day, wherever they come from. Three of a million codes are right at any
 * moment, so whoever has the password guesses with 20 · 3 / 1 000 000, one in 17 000, on one day, and with 2 % in a year of days each
 * of which stands in the audit. A recovery code is not counted: it has 120 bits, and is the way in for whoever is locked out.
 */
const wrongCodesPerDay = 20;

type Row = { secret: string; lastStep: string | null; wrongCodes: number; secondsLeft: number | null; seconds: number };

/** How a code was taken: `off` asks for none. */
export type TakenCode =
  | { readonly result: 'off' | 'code' | 'recovery code' | 'wanted' | 'wrong' }
  | { readonly result: 'too many'; readonly wait: number };

/** Whether the code, or that none is asked for, lets somebody in. */
export const letsIn = ({ result }: TakenCode): boolean => ['off', 'code', 'recovery code'].includes(result);

/**
 * Holds what somebody typed against the second factor of an account, and uses it up. The row is locked: of several calls with one
 * code, on whichever replica, one is let in. Whether the password is right has to be known before. Never throws for a wrong code, so
 * that the caller commits what is counted, with its audit row.
 */
export async function takeCode(
  { secrets }: Pick<Deps, 'secrets'>,
  tx: Tx,
  { globalUserId, code }: { globalUserId: string; code: string | undefined },
): Promise<TakenCode> {
  const { rows } = await sql<Row>`
    select secret, last_step as "lastStep", wrong_codes as "wrongCodes",
      extract(epoch from wrong_since + interval '1 day' - now())::float8 as "secondsLeft",
      extract(epoch from clock_timestamp())::float8 as seconds
    from second_factor where global_user_id = ${globalUserId} and activated_at is not null for update`.execute(tx);
  const [held] = rows;
  if (held === undefined) return { result: 'off' };
  if (code === undefined) return { result: 'wanted' };
  const typed = tidyCode(code);
  if (!/^\d{6}$/.test(typed)) {
    const used = await sql`delete from recovery_code
      where code_hash = ${hashRecoveryCode(typed)} and global_user_id = ${globalUserId} returning 1`.execute(tx);
    return { result: used.rows.length === 1 ? 'recovery code' : 'wrong' };
  }
  const secondsLeft = held.secondsLeft ?? 0;
  const isCounting = secondsLeft > 0;
  if (isCounting && held.wrongCodes >= wrongCodesPerDay) return { result: 'too many', wait: Math.ceil(secondsLeft) };
  const secret = secrets.open({ table: 'second_factor', column: 'secret', rowId: globalUserId }, held.secret).reveal();
  const lastStep = held.lastStep === null ? null : Number(held.lastStep);
  const step = stepOfCode(secret, typed, { seconds: held.seconds, lastStep });
  if (step === undefined) {
    await sql`update second_factor set wrong_codes = ${isCounting ? held.wrongCodes + 1 : 1},
      wrong_since = case when ${isCounting} then wrong_since else now() end where global_user_id = ${globalUserId}`.execute(
      tx,
    );
    return { result: 'wrong' };
  }
  await sql`update second_factor set last_step = ${step} where global_user_id = ${globalUserId}`.execute(tx);
  return { result: 'code' };
}

/** What somebody is told who was not let in. */
export function refusalOfCode(taken: TakenCode): Refusal {
  if (taken.result === 'wanted') return new Refusal('auth.code_wanted');
  if (taken.result === 'too many')
    return new Refusal('auth.too_many_codes', { headers: { 'retry-after': String(taken.wait) } });
  const message = 'It is no code of now, or it was used before.';
  return new Refusal('auth.wrong_code', { errors: [{ path: 'body.code', message }] });
}
