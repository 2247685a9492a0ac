import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../world.ts';
import { type FaultWorld, outdir } from './fault-world.ts';

type Report = {
  invariants: {
    invariant: string;
    findings: { subject: string; expected: string; found: string; where: string }[];
    unchecked: { what: string; why: string }[];
  }[];
};

/**
 * Runs `stoa verify` as a process of its own over the installation, and answers its findings, a sentence each. What is on its way has
 * `settleSeconds` to arrive. `journal`: requests on which a determination was acknowledged; none of them may be gone.
 */
export async function verify(
  world: FaultWorld,
  { journal = [], settleSeconds = 60 }: { journal?: readonly string[]; settleSeconds?: number } = {},
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'stoa-journal-'));
  const file = join(folder, 'journal');
  writeFileSync(file, journal.map((id) => `${id}\n`).join(''));
  try {
    const args = ['verify', '--settle', `${settleSeconds}s`, '--journal', file, '--format', 'json'];
    const { code, output, errors } = await run(world, args);
    if (code !== 0 && !output.startsWith('{')) return [`stoa verify ended with ${code}: ${errors}${output}`];
    return sentences(JSON.parse(output) as Report);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** No canary was laid out, and no checkpoint kept elsewhere: that they are looked for are tests of their own. */
const isExpected = (invariant: string): boolean => invariant === 'I9' || invariant === 'I13';

const sentences = ({ invariants }: Report): string[] =>
  invariants.flatMap(({ invariant, findings, unchecked }) => [
    ...findings.map(
      ({ subject, expected, found, where }) => `${invariant} ${subject}: ${found}, not ${expected} (${where})`,
    ),
    ...(isExpected(invariant) ? [] : unchecked.map(({ what, why }) => `${invariant} could not check ${what}: ${why}`)),
  ]);

function run(world: FaultWorld, args: readonly string[]): Promise<{ code: number; output: string; errors: string }> {
  const child = spawn(process.execPath, [join(root, outdir, 'cli.js'), ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...world.settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (part: Buffer) => out.push(part));
  child.stderr.on('data', (part: Buffer) => err.push(part));
  const text = (parts: readonly Buffer[]) => Buffer.concat(parts).toString('utf8').trim();
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, output: text(out), errors: text(err) }));
  });
}
