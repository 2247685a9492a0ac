import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { notAuthenticated, Refusal } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import { Secret } from '../../secrets/secrets.ts';
import { endSessions } from '../user/end-credentials.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { loginChanged } from '../user/login-changed.ts';
import { changeEntry } from './change-entry.ts';
import { replaceRecoveryCodes } from './recovery-codes.ts';
import { refusalOfCode } from './take-code.ts';
import { tidyCode } from './tidy-code.ts';
import { newTotpSecret, stepOfCode, totpUri } from './totp.ts';

const placeOf = (globalUserId: string) => ({ table: 'second_factor', column: 'secret', rowId: globalUserId }) as const;

/** A token has no login that a second factor would guard, and is stolen by itself. */
export function requireSession(call: Call): void {
  if (call.by !== 'session') throw new Refusal('auth.session_needed');
}

/** Makes a secret and shows it, this once. Begun again it is another one; once it is active it has to be removed first. */
export async function beginSecondFactor(
  deps: Deps,
  actor: LoadedPerson,
  call: Call,
): Promise<{ secret: string; uri: string }> {
  requireSession(call);
  const { globalUserId, username } = actor;
  const secret = newTotpSecret();
  await transact(deps, async (tx) => {
    const { rows } = await sql<{ hasPassword: boolean }>`
      select password_hash is not null as "hasPassword" from app_user
      where global_user_id = ${globalUserId} and status = 'active' for share`.execute(tx);
    if (rows[0] === undefined) throw notAuthenticated();
    if (!rows[0].hasPassword) {
      const detail = 'This account has no password in Stoa, so a second factor would guard nothing.';
      throw new Refusal('auth.no_password', { detail });
    }
    const sealed = deps.secrets.seal(placeOf(globalUserId), new Secret(secret));
    const { rows: begun } = await sql`
      insert into second_factor as f (global_user_id, secret) values (${globalUserId}, ${sealed})
      on conflict (global_user_id) do update set secret = excluded.secret, begun_at = now()
      where f.activated_at is null returning 1`.execute(tx);
    if (begun.length === 0) throw new Refusal('auth.second_factor_on');
  });
  return { secret, uri: totpUri(secret, { username, host: new URL(call.origin).hostname }) };
}

type Begun = { secret: string; isActive: boolean; seconds: number };

/** Turns it on with a code of it: whoever could not read the secret is not locked out. Answers the recovery codes. */
export async function activateSecondFactor(
  deps: Deps,
  { actor, code }: { actor: LoadedPerson; code: string },
  call: Call,
): Promise<string[]> {
  requireSession(call);
  const { globalUserId } = actor;
  return transact(deps, async (tx, after) => {
    // Who signs in at this moment by the password alone is waited for, and their session ended below.
    await sql`select from app_user where global_user_id = ${globalUserId} for no key update`.execute(tx);
    const { rows } = await sql<Begun>`
      select secret, activated_at is not null as "isActive", extract(epoch from clock_timestamp())::float8 as seconds
      from second_factor where global_user_id = ${globalUserId} for update`.execute(tx);
    const [begun] = rows;
    if (begun === undefined)
      throw new Refusal('auth.no_second_factor', { detail: 'No second factor was begun, so none can be turned on.' });
    if (begun.isActive) throw new Refusal('auth.second_factor_on');
    const secret = deps.secrets.open(placeOf(globalUserId), begun.secret).reveal();
    const step = stepOfCode(secret, tidyCode(code), { seconds: begun.seconds, lastStep: null });
    if (step === undefined) throw refusalOfCode({ result: 'wrong' });
    await sql`update second_factor set activated_at = now(), last_step = ${step}
      where global_user_id = ${globalUserId}`.execute(tx);
    const codes = await replaceRecoveryCodes(tx, globalUserId);
    // They were opened by the password alone.
    await endSessions(tx, globalUserId, call.credentialId);
    const emits = loginChanged(actor, ['second_factor']);
    await appendAudit(tx, { ...changeEntry(actor, actor, { call, secondFactor: 'set up' }), emits });
    after.changed('user', globalUserId);
    return codes;
  });
}

/** New recovery codes: the former ones are spent, or somebody else may have seen them. */
export async function renewRecoveryCodes(deps: Deps, actor: LoadedPerson, call: Call): Promise<string[]> {
  requireSession(call);
  const { globalUserId } = actor;
  return transact(deps, async (tx) => {
    const { rows } = await sql`select from second_factor
      where global_user_id = ${globalUserId} and activated_at is not null for update`.execute(tx);
    if (rows.length === 0) throw new Refusal('auth.no_second_factor');
    const codes = await replaceRecoveryCodes(tx, globalUserId);
    const emits = loginChanged(actor, ['second_factor']);
    await appendAudit(tx, { ...changeEntry(actor, actor, { call, secondFactor: 'new recovery codes' }), emits });
    return codes;
  });
}
