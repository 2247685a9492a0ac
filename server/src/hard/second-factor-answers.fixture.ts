import * as operation from '@stoa/contract/second-factor';
import { sql } from 'kysely';
import { codeOfStep, stepAt } from '../features/second-factor/totp.ts';
import { hashPassword } from '../features/auth/password.ts';
import { browserOf } from '../features/slack/slack.fixture.ts';
import type { TestPerson } from '../testing/people.ts';
import type { PublishedWorld } from './published-world.fixture.ts';

/** A second factor from its set-up to its end, twice: removed by whose it is, and reset by a user admin. */
export async function askSecondFactor({ held: { ask }, people, server }: PublishedWorld): Promise<void> {
  const { consumer, useradmin } = people;
  const { globalUserId } = consumer;
  const headers = await browserOf(server, consumer);
  const own: TestPerson['call'] = (one, input) => server.nobody.call(one, { ...input, headers });
  const body = { code: '000000' };
  await ask({ call: own }, operation.beginSecondFactor);
  await sql`update app_user set password_hash = ${await hashPassword('a long enough password')}
    where global_user_id = ${globalUserId}`.execute(server.deps.db);
  for (const end of ['removed', 'reset']) {
    await ask({ call: own }, operation.activateSecondFactor, { body });
    const { secret } = (await ask({ call: own }, operation.beginSecondFactor)).body;
    await ask({ call: own }, operation.activateSecondFactor, { body });
    const step = stepAt(Date.now() / 1000);
    await ask({ call: own }, operation.activateSecondFactor, { body: { code: codeOfStep(secret, step) } });
    await ask({ call: own }, operation.getSecondFactor);
    await ask({ call: own }, operation.beginSecondFactor);
    const renewed = await ask({ call: own }, operation.renewRecoveryCodes);
    await ask({ call: own }, operation.removeSecondFactor, { body });
    const code = renewed.body.recoveryCodes[0] ?? '';
    if (end === 'removed') await ask({ call: own }, operation.removeSecondFactor, { body: { code } });
  }
  for (const person of [consumer, useradmin, useradmin])
    await ask(person, operation.resetSecondFactor, { params: { globalUserId } });
  await ask(consumer, operation.getSecondFactor);
  for (const one of [operation.beginSecondFactor, operation.renewRecoveryCodes]) await ask(consumer, one);
}
