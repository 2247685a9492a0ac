import type { SetupBody } from '@stoa/contract/auth';
import { foldName } from '@stoa/core/folded-name';
import { sql } from 'kysely';
import { appendAudit } from '../../audit/append.ts';
import { newUuid } from '../../db/new-id.ts';
import type { Reader } from '../../db/pool.ts';
import { transact } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { takeRate } from '../../http/rate-limit.ts';
import { Refusal } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import { requireGoodPassword } from './new-password.ts';
import { hashPassword } from './password.ts';

export async function isSetupNeeded(db: Reader): Promise<boolean> {
  const { rows } = await sql<{ anybody: boolean }>`select exists (select from app_user) as anybody`.execute(db);
  return rows[0]?.anybody === false;
}

/** Makes the first administrator. Two first visitors at once: the lock lets one through, the other finds it done. */
export async function setUp(deps: Deps, body: SetupBody, call: Call): Promise<string> {
  await takeRate(deps.db, `set-up:${call.ip}`, { limit: 10, windowSeconds: 60 });
  await requireGoodPassword(body.password, body, 'body.password');
  const passwordHash = await hashPassword(body.password);
  return transact(deps, async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtext('stoa.set-up'))`.execute(tx);
    if (!(await isSetupNeeded(tx))) throw new Refusal('auth.setup_done');
    const id = newUuid();
    await tx
      .insertInto('app_user')
      .values({
        global_user_id: id,
        person_id: id,
        // As it is looked up when somebody signs in.
        username: body.username.normalize('NFKC'),
        username_key: foldName(body.username),
        name: body.name,
        email: body.email,
        password_hash: passwordHash,
      })
      .execute();
    await tx
      .insertInto('global_permission')
      .values(
        ['APPLICATION_ADMIN', 'USER_ADMIN', 'GOVERNANCE', 'AUDIT'].map((permission) => ({
          global_user_id: id,
          permission,
        })),
      )
      .execute();
    const self = { id, name: body.name };
    await appendAudit(tx, {
      action: 'UserCreated',
      actor: { type: 'USER_ACTOR', ...self },
      actorIp: call.ip,
      targetType: 'USER',
      targets: [self],
      requestId: call.id,
    });
    return id;
  });
}
