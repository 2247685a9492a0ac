import * as changes from '@stoa/contract/people-change';
import * as user from '@stoa/contract/user';
import type { PublishedWorld } from './published-world.fixture.ts';

/** Changes that wait for another user admin: one of each end. */
export async function askPeopleChanges({ held: { ask }, people, server }: PublishedWorld): Promise<void> {
  const { useradmin } = people;
  const second = await server.person({ username: 'useradmin-2', permissions: ['USER_ADMIN'] });
  const file = async (name: string) => {
    const filed = await ask(useradmin, user.createUser, {
      body: { username: name, name, email: `${name}@example.com`, permissions: ['AUDIT'] },
    });
    return { id: String(filed.body.id) };
  };
  const [confirmed, declined, withdrawn] = [
    await file('filed-one'),
    await file('filed-two'),
    await file('filed-three'),
  ];
  await ask(second, changes.confirmPeopleChange, { params: confirmed });
  await ask(second, changes.confirmPeopleChange, { params: confirmed });
  await ask(second, changes.declinePeopleChange, { params: declined, body: { reason: 'non' } });
  await ask(useradmin, changes.withdrawPeopleChange, { params: withdrawn });
  await ask(second, changes.listPeopleChanges, { query: { state: ['CONFIRMED', 'DECLINED'] } });
  for (const params of [confirmed, declined, withdrawn]) await ask(second, changes.readPeopleChange, { params });
}
