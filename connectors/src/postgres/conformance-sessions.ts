import { expect, it } from 'vitest';
import type { PlatformSession } from '../connector.ts';
import { addUser } from '../testing/settle.ts';
import type { World } from '../testing/world.ts';
import { emptyScene } from '../testing/world.ts';
import { postgresCredentials } from './config.ts';

type Used = { readonly world: World; readonly session: PlatformSession };

async function one(session: PlatformSession, principalId: string, sessions: readonly string[] | null) {
  const { ends } = await session.openSessions([{ principalId, sessions }]);
  const [end] = ends;
  if (end === undefined || ends.length > 1) throw new Error('the open session was not seen');
  return end;
}

const accountOf = (world: World) => world.quote(postgresCredentials.parse(world.input.credentials).username);

async function checkOf(world: World, endSessionsOnRevoke: string) {
  const checks = await world.connector.preflight({ ...world.input, settings: { endSessionsOnRevoke } });
  return checks.find((c) => c.check === 'SESSIONS');
}

const none = { ends: [], untold: [] };

async function makeLogin(world: World, name: string) {
  const scene = emptyScene();
  const login = await addUser(world, scene, name);
  return { login, id: scene.users[0]?.identity?.principalId ?? '' };
}

async function endsWhereItMay({ world, session }: Used) {
  const { login, id } = await makeLogin(world, 'ada');
  const me = accountOf(world);
  const isNeeded = !world.separateGrantors;
  expect(session.endsSessions).toBe(isNeeded);
  expect(await session.openSessions([{ principalId: id, sessions: null }])).toEqual(none);
  const open = await world.openSession(login);
  const end = await one(session, id, null);
  expect(end.principalId).toBe(id);
  expect(end.sessions).toHaveLength(1);
  await expect(session.endSessions(end)).rejects.toMatchObject({ failure: { class: 'privilege' } });
  expect(await checkOf(world, 'never')).toMatchObject({ result: 'pass' });
  expect(await checkOf(world, 'whenNeeded')).toMatchObject({ result: isNeeded ? 'warn' : 'pass' });
  const missing = await checkOf(world, 'always');
  expect(missing).toMatchObject({ result: 'warn' });
  await world.admin(missing?.repair ?? '');
  expect(await checkOf(world, 'always')).toMatchObject({ result: 'pass' });
  expect(await session.endSessions(end)).toBe(1);
  await expect(open.run('SELECT 1')).rejects.toThrow();
  if (isNeeded) {
    // As an account that acts for owners is: it takes the right on instead.
    await world.admin(`ALTER ROLE ${me} NOINHERIT`);
    const again = await world.openSession(login);
    expect(await checkOf(world, 'whenNeeded')).toMatchObject({ result: 'pass' });
    expect(await session.endSessions(await one(session, id, null))).toBe(1);
    await expect(again.run('SELECT 1')).rejects.toThrow();
    await world.admin(`ALTER ROLE ${me} INHERIT`);
  }
  await world.admin(`REVOKE pg_signal_backend FROM ${me}`);
}

/** A number may be another session's by now: by it alone nothing is ended. */
async function knowsWhenTheyBegan({ world, session }: Used) {
  const { login, id } = await makeLogin(world, 'begun');
  const me = accountOf(world);
  const meant = (sessions: readonly string[]) => session.openSessions([{ principalId: id, sessions }]);
  const isUntold = async (sessions: readonly string[]) =>
    expect(await meant(sessions)).toEqual({ ends: [], untold: [{ principalId: id, sessions }] });
  await world.admin(`GRANT pg_signal_backend TO ${me}`);
  expect((await checkOf(world, 'always'))?.detail).toContain('pg_read_all_stats');
  const first = await world.openSession(login);
  const [number] = (await one(session, id, null)).sessions;
  expect(number).toMatch(/^\d+$/);
  await isUntold([`${number}`]);
  expect(await meant(['1'])).toEqual(none);
  await world.admin(`GRANT pg_read_all_stats TO ${me}`);
  expect((await checkOf(world, 'always'))?.detail).not.toContain('pg_read_all_stats');
  const { sessions } = await one(session, id, null);
  const began = sessions[0]?.replace(`${number}@`, '') ?? '';
  const longAgo = `2001${began.slice(4)}`;
  await isUntold([`${number}`]);
  expect(await meant([`${number}@${longAgo}`])).toEqual(none);
  // Of two that are open, the one that is meant.
  const later = await world.openSession(login);
  const end = await one(session, id, sessions);
  expect(end.sessions).toEqual(sessions);
  expect(await session.endSessions({ ...end, sql: end.sql.replace(began, longAgo) })).toBe(0);
  // As an account that acts for owners is before 16: one role shows when they began, another one ends them.
  if (!world.separateGrantors) await world.admin(`ALTER ROLE ${me} NOINHERIT`);
  expect((await one(session, id, sessions)).sessions).toEqual(sessions);
  expect(await session.endSessions(end)).toBe(1);
  if (!world.separateGrantors) await world.admin(`ALTER ROLE ${me} INHERIT`);
  await expect(first.run('SELECT 1')).rejects.toThrow();
  expect(await later.run('SELECT 1')).toBe('ok');
  const kept = (await one(session, id, null)).sessions;
  await world.admin(`REVOKE pg_read_all_stats, pg_signal_backend FROM ${me}`);
  await isUntold(kept);
  await later.close();
}

/** That sessions end where the connection wants it and the account may, and what is said where it may not. */
export function describeSessions(use: () => Used): void {
  it('ends open sessions where it was given the right to', () => endsWhereItMay(use()));

  it('knows a session by when it began, and ends none by its number alone', () => knowsWhenTheyBegan(use()));

  it('asks for that right in the setup script only where the connection wants it', () => {
    const { world } = use();
    const lineOf = (endSessionsOnRevoke: string) =>
      world.connector
        .setupScript({ ...world.input, settings: { endSessionsOnRevoke } })
        .split('\n')
        .find((line) => line.includes('pg_signal_backend'));
    expect(lineOf('never')).toBeUndefined();
    expect(lineOf('whenNeeded')).toMatch(/^-- GRANT /);
    expect(lineOf('always')).toMatch(/^GRANT /);
  });
}
