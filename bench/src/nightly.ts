import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, root } from './world.ts';
import type { Amounts, Fault, FaultContext, Outcome } from './nightly/fault.ts';
import { type FaultWorld, makeFaultWorld, outdir } from './nightly/fault-world.ts';
import { anomalies } from './nightly/anomalies.ts';
import { clocks } from './nightly/clocks.ts';
import { cutLines, halfOpenLines } from './nightly/cut-lines.ts';
import { diskFull } from './nightly/disk-full.ts';
import { killMatrix } from './nightly/kill-matrix.ts';
import { overload } from './nightly/overload.ts';
import { platformFull } from './nightly/platform-full.ts';
import { platformLies } from './nightly/platform-lies.ts';
import { platformLocked } from './nightly/platform-locked.ts';
import { repeatedSuites } from './nightly/suites.ts';
import { systemCalls } from './nightly/system-calls.ts';
import { databaseCrash, endurance, pausedReplica, randomKills } from './nightly/under-load.ts';

const faults: Record<string, Fault> = {
  anomalies,
  'kill-matrix': killMatrix,
  'random-kills': randomKills,
  'paused-replica': pausedReplica,
  'database-crash': databaseCrash,
  'disk-full': diskFull,
  overload,
  'cut-lines': cutLines,
  'half-open-lines': halfOpenLines,
  'platform-full': platformFull,
  'platform-locked': platformLocked,
  'platform-lies': platformLies,
  'system-calls': systemCalls,
  clocks,
  suites: repeatedSuites,
  endurance,
};

const usage = `npm run nightly -- [fault...] [--rounds 1] [--kills 500] [--minutes 30] [--races 1000] [--calls 20]
Faults: ${Object.keys(faults).join(', ')}; all of them when none is named.`;

function readArguments(): { chosen: [string, Fault][]; amounts: Amounts } {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    options: { rounds: text, kills: text, minutes: text, races: text, calls: text },
    allowPositionals: true,
  });
  const unknown = positionals.filter((name) => faults[name] === undefined);
  if (unknown.length > 0) throw new Error(`There is no fault ${unknown.join(', ')}.\n${usage}`);
  const amount = (name: keyof Amounts, usual: number): number => {
    const given = Number(values[name] ?? usual);
    if (!Number.isInteger(given) || given < 1) throw new Error(`--${name} is no whole number above 0.\n${usage}`);
    return given;
  };
  return {
    chosen: Object.entries(faults).filter(([name]) => positionals.length === 0 || positionals.includes(name)),
    amounts: {
      rounds: amount('rounds', 1),
      kills: amount('kills', 500),
      minutes: amount('minutes', 30),
      races: amount('races', 1_000),
      calls: amount('calls', 20),
    },
  };
}

type Row = Outcome & { fault: string };

const worlds = new Set<FaultWorld>();

async function stopWorlds(): Promise<void> {
  for (const world of worlds) await world.stop();
  worlds.clear();
}

async function runFault(name: string, fault: Fault, amounts: Amounts): Promise<Row[]> {
  const rows: Row[] = [];
  const start = performance.now();
  process.stdout.write(`${fault.title} (${name})\n`);
  const report = (outcome: Outcome) => {
    rows.push({ fault: name, ...outcome });
    process.stdout.write(`\n  ${outcome.what}: ${outcome.runs} runs, ${outcome.violations.length} violations\n`);
    for (const sentence of outcome.violations.slice(0, 20)) process.stdout.write(`    ${sentence}\n`);
  };
  try {
    const makeWorld: FaultContext['makeWorld'] = async (more, small) => {
      const world = await makeFaultWorld(more, small);
      worlds.add(world);
      return world;
    };
    const tick = (violations = 0) => process.stdout.write(violations > 0 ? 'X' : '.');
    await fault.run({ amounts, makeWorld, report, tick });
  } catch (error) {
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
    report({ what: 'the run itself', runs: 1, violations: [told] });
  } finally {
    await stopWorlds();
  }
  process.stdout.write(`[${((performance.now() - start) / 1_000).toFixed(0)} s]\n\n`);
  return rows;
}

function print(rows: readonly Row[]): void {
  const line = (cells: readonly (string | number)[]) =>
    process.stdout.write(
      `${String(cells[0]).padEnd(16)} ${String(cells[1]).padEnd(60)} ${String(cells[2]).padStart(7)} ${String(cells[3]).padStart(11)}\n`,
    );
  line(['fault', 'what', 'runs', 'violations']);
  for (const { fault, what, runs, violations } of rows) line([fault, what, runs, violations.length]);
  const sum = (of: (row: Row) => number) => rows.reduce((total, row) => total + of(row), 0);
  line(['', 'in all', sum((row) => row.runs), sum((row) => row.violations.length)]);
}

async function run(): Promise<number> {
  const { chosen, amounts } = readArguments();
  await build({ outdir, withFailPoints: true });
  const rows: Row[] = [];
  for (const [name, fault] of chosen) rows.push(...(await runFault(name, fault, amounts)));
  print(rows);
  const folder = join(root, '.cache/nightly');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${new Date().toISOString().replaceAll(':', '-')}.json`);
  writeFileSync(file, JSON.stringify({ amounts, rows }, null, 2));
  process.stdout.write(`Written to ${file}\n`);
  return rows.filter((row) => row.violations.length > 0).length;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => void stopWorlds().finally(() => process.exit(1)));
process.exitCode = (await run()) > 0 ? 1 : 0;
