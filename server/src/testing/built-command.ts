import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';

const root = join(import.meta.dirname, '../../..');

export type EndedCommand = { code: number | null; signal: string | null; stdout: string; stderr: string };
export type BuiltCommand = (args: readonly string[], env: Record<string, string>) => Promise<EndedCommand>;

/**
 * The command as people run it: built, which starts in a third of the time, and a process of its own.
 * @param name of the build; two files of tests may build at the same time
 */
export async function buildCommand(name: string, { withFailPoints = false } = {}): Promise<BuiltCommand> {
  const { buildServer } = (await import(join(root, 'scripts/build.mjs'))) as {
    buildServer: (options: object) => Promise<boolean>;
  };
  const outdir = `server/dist/command-${name}`;
  expect(await buildServer({ outdir, withFailPoints })).toBe(true);
  return (args, env) => {
    const child = spawn(process.execPath, [join(root, outdir, 'cli.js'), ...args], {
      cwd: root,
      env: { PATH: process.env['PATH'] ?? '', STOA_ROOT: root, ...env },
    });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (text) => (output.stdout += String(text)));
    child.stderr.on('data', (text) => (output.stderr += String(text)));
    return new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal, ...output })));
  };
}
