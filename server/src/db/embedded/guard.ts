import { type ChildProcess, spawn } from 'node:child_process';
import type { Account } from './account.ts';
import { cleanEnvironment } from './cluster.ts';

/**
 * When Stoa is killed outright nobody is left to stop PostgreSQL. This shell waits for the end of a pipe that only Stoa
 * holds open. Windows has no such shell; there the next start ends what was left behind.
 */
export function spawnGuard(child: ChildProcess, account: Account | undefined): void {
  if (process.platform === 'win32' || child.pid === undefined) return;
  const guard = spawn('/bin/sh', ['-c', 'read -r line; kill -INT "$1"', 'stoa-guard', String(child.pid)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: cleanEnvironment(),
    ...account,
  });
  guard.on('error', () => undefined);
  guard.stdin?.on('error', () => undefined);
  if (guard.stdin && 'unref' in guard.stdin && typeof guard.stdin.unref === 'function') guard.stdin.unref();
  guard.unref();
  child.once('exit', () => guard.kill('SIGKILL'));
}
