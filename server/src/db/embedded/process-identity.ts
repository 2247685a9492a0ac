import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Whether the process still runs. A dead one whose parent never asks for its end (a zombie) does not. */
export async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return (await readStatus(pid))[0] !== 'Z';
}

// What follows the program's name, which stands in parentheses and may hold spaces; the first field is the state.
async function readStatus(pid: number): Promise<string[]> {
  const text = process.platform === 'linux' ? await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '') : '';
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** What tells a process from a later one with the same number: when it began. Empty when it is gone or unknowable. */
export async function readBirth(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    const ticks = (await readStatus(pid))[19];
    if (ticks === undefined) return '';
    return `${(await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim()} ${ticks}`;
  }
  if (process.platform === 'win32') return '';
  return (await run('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => ({ stdout: '' }))).stdout.trim();
}

export async function waitUntilGone(pid: number, timeoutMs: number): Promise<boolean> {
  for (const end = Date.now() + timeoutMs; Date.now() < end; ) {
    if (!(await isAlive(pid))) return true;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return !(await isAlive(pid));
}
