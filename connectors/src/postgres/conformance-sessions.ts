import { expect, it } from 'vitest';
import type { PlatformSession } from '../connector.ts';
import { addUser } from '../testing/settle.ts';
import type { World } from '../testing/world.ts';
import { emptyScene } from '../testing/world.ts';
import { postgresCredentials } from './config.ts';

/** That sessions end where the connection wants it and the account may, and what is said where it may not. */
export function describeSessions(use: () => { readonly world: World; readonly session: PlatformSession }): void {
  it('ends open sessions where it was given the right to', async () => {
    const { world, session } = use();
    const scene = emptyScene();
    const login = await addUser(world, scene, 'ada');
    const me = world.quote(postgresCredentials.parse(world.input.credentials).username);
    const id = scene.users[0]?.identity?.principalId ?? '';
    const isNeeded = !world.separateGrantors;
    expect(session.endsSessions).toBe(isNeeded);
    const all = [{ principalId: id, sessions: null }];
    expect(await session.openSessions(all)).toEqual([]);
    const open = await world.openSession(login);
    const [end] = await session.openSessions(all);
    if (end === undefined) throw new Error('the open session was not seen');
    expect(end.principalId).toBe(id);
    expect(end.sessions).toHaveLength(1);
    // Of two that are open, the one that is meant.
    const later = await world.openSession(login);
    const [first] = await session.openSessions([{ principalId: id, sessions: end.sessions }]);
    if (first === undefined) throw new Error('the session that is meant was not seen');
    expect(first.sessions).toEqual(end.sessions);
    expect(await session.openSessions([{ principalId: id, sessions: ['1'] }])).toEqual([]);
    await expect(session.endSessions(end)).rejects.toMatchObject({ failure: { class: 'privilege' } });
    const check = async (endSessionsOnRevoke: string) => {
      const checks = await world.connector.preflight({ ...world.input, settings: { endSessionsOnRevoke } });
      return checks.find((c) => c.check === 'SESSIONS');
    };
    expect(await check('never')).toMatchObject({ result: 'pass' });
    expect(await check('whenNeeded')).toMatchObject({ result: isNeeded ? 'warn' : 'pass' });
    const missing = await check('always');
    expect(missing).toMatchObject({ result: 'warn' });
    await world.admin(missing?.repair ?? '');
    expect(await check('always')).toMatchObject({ result: 'pass' });
    expect(await session.endSessions(first)).toBe(1);
    await expect(open.run('SELECT 1')).rejects.toThrow();
    await later.run('SELECT 1');
    expect(await session.endSessions(end)).toBe(1);
    await expect(later.run('SELECT 1')).rejects.toThrow();
    if (isNeeded) {
      // As an account that acts for owners is: it takes the right on instead.
      await world.admin(`ALTER ROLE ${me} NOINHERIT`);
      const again = await world.openSession(login);
      expect(await check('whenNeeded')).toMatchObject({ result: 'pass' });
      expect(await session.endSessions(end)).toBe(1);
      await expect(again.run('SELECT 1')).rejects.toThrow();
      await world.admin(`ALTER ROLE ${me} INHERIT`);
    }
    await world.admin(`REVOKE pg_signal_backend FROM ${me}`);
  });

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
