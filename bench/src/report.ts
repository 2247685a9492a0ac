import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

/** What a figure is held against; without one it is told for information. */
export type Budget =
  | { kind: 'ratio'; most: number }
  | { kind: 'most'; value: number }
  | { kind: 'least'; value: number }
  | { kind: 'exactly'; value: number };

export type Figure = {
  /** The budget of performance.md it belongs to, or a dash. */
  id: string;
  what: string;
  unit: 'ms' | 's' | '/s' | '' | 'MB';
  floor?: number;
  stoa: number;
  budget?: Budget;
  note?: string;
};

export type Verdict = 'PASS' | 'over' | '';
type Row = Figure & { benchmark: string; ratio: number | null; verdict: Verdict };

/** Stoa against the floor, so that more than 1 always means slower than by hand. */
function ratioOf({ floor, stoa, unit }: Figure): number | null {
  if (floor === undefined || floor === 0 || stoa === 0) return null;
  return unit === '/s' ? floor / stoa : stoa / floor;
}

function judge({ budget, stoa }: Figure, ratio: number | null): Verdict {
  if (budget === undefined) return '';
  const holds = () => {
    switch (budget.kind) {
      case 'ratio':
        return ratio !== null && ratio <= budget.most;
      case 'most':
        return stoa <= budget.value;
      case 'least':
        return stoa >= budget.value;
      case 'exactly':
        return stoa === budget.value;
    }
  };
  return holds() ? 'PASS' : 'over';
}

function describe(budget: Budget | undefined, unit: string): string {
  if (budget === undefined) return '';
  switch (budget.kind) {
    case 'ratio':
      return `<= ${budget.most}x`;
    case 'most':
      return `<= ${budget.value} ${unit}`;
    case 'least':
      return `>= ${budget.value} ${unit}`;
    case 'exactly':
      return `= ${budget.value}`;
  }
}

const show = (value: number | null | undefined, unit = ''): string => {
  if (value === null || value === undefined) return '';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${value.toFixed(digits)}${unit === '' ? '' : ` ${unit}`}`;
};

const widths = [5, 62, 12, 12, 8, 14, 7] as const;
const line = (cells: readonly string[]): string =>
  cells
    .map((cell, i) => (i === 1 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
    .join(' ')
    .trimEnd();

const lineOf = (row: Row): string =>
  line([
    row.id.padEnd(5),
    row.what,
    show(row.floor, row.unit),
    show(row.stoa, row.unit),
    row.ratio === null ? '' : `${show(row.ratio)}x`,
    describe(row.budget, row.unit),
    row.verdict,
  ]) + (row.note === undefined ? '' : `\n      (${row.note})`);

const heading = line(['id   ', 'what', 'floor', 'Stoa', 'ratio', 'budget', '']);

/** Collects the figures of a run; prints each benchmark as it ends, and all of them once more at the end. */
export class Report {
  readonly #rows: Row[] = [];
  readonly #started = new Date();

  add(benchmark: string, figures: readonly Figure[]): void {
    const rows = figures.map((figure) => {
      const ratio = ratioOf(figure);
      return { ...figure, benchmark, ratio, verdict: judge(figure, ratio) };
    });
    this.#rows.push(...rows);
    process.stdout.write(`${heading}\n${rows.map(lineOf).join('\n')}\n\n`);
  }

  /** Prints the whole table and keeps it as JSON; answers how many budgets were missed. */
  finish(folder: string): number {
    const missed = this.#rows.filter((row) => row.verdict === 'over').length;
    const judged = this.#rows.filter((row) => row.verdict !== '').length;
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${this.#started.toISOString().replaceAll(':', '-')}.json`);
    const machine = { node: process.version, cores: cpus().length, model: cpus()[0]?.model };
    writeFileSync(path, `${JSON.stringify({ started: this.#started, machine, figures: this.#rows }, null, 2)}\n`);
    process.stdout.write(`${'-'.repeat(heading.length + 4)}\n${heading}\n${this.#rows.map(lineOf).join('\n')}\n`);
    process.stdout.write(`\n${judged - missed} of ${judged} budgets hold. Written to ${path}\n`);
    return missed;
  }
}
