import type { KeyObject } from 'node:crypto';
import { Pace } from '../verify/pace.ts';
import { type Checkpoint, isSame, isSignedBy } from './checkpoint.ts';
import type { Findings } from './chain-report.ts';
import type { CheckpointFile } from './kept-checkpoints.ts';

/** `stored` comes in stretches, since what is the same outside need not be held twice. */
type Given = { readonly stored: AsyncIterable<readonly Checkpoint[]>; readonly outside: readonly CheckpointFile[] };
type Known = { readonly one: Checkpoint; readonly place: string };

export type Judged = {
  /** In their order. */
  readonly trusted: readonly Checkpoint[];
  /** The numbers of those that came from outside. */
  readonly outside: ReadonlySet<number>;
};

/**
 * The checkpoints that are believed: signed with a key that is trusted, each naming the one before. Those from outside and those
 * of the database are one row; where they differ, that is a finding, and what came first counts, which is from outside.
 */
export async function judgeCheckpoints(
  { stored, outside }: Given,
  keys: ReadonlyMap<string, KeyObject>,
  findings: Findings,
): Promise<Judged> {
  const judge = new Judge(keys, findings);
  for (const { name, checkpoints } of outside) await judge.takeAll([checkpoints], `in ${name}`);
  const outsideNumbers = judge.numbers();
  const storedNumbers = await judge.takeAll(stored, 'in the database');
  judge.tellLost(outsideNumbers, storedNumbers);
  return { trusted: await judge.inOrder(), outside: outsideNumbers };
}

class Judge {
  readonly #keys: ReadonlyMap<string, KeyObject>;
  readonly #findings: Findings;
  readonly #known = new Map<number, Known>();
  readonly #pace = new Pace();

  constructor(keys: ReadonlyMap<string, KeyObject>, findings: Findings) {
    this.#keys = keys;
    this.#findings = findings;
  }

  numbers(): ReadonlySet<number> {
    return new Set(this.#known.keys());
  }

  /** Adds what is believed of one place. Of numbers that mean something else there, the first is told of, with their count. */
  async takeAll(
    parts: AsyncIterable<readonly Checkpoint[]> | Iterable<readonly Checkpoint[]>,
    place: string,
  ): Promise<ReadonlySet<number>> {
    const numbers = new Set<number>();
    const differing: { first: Checkpoint | undefined; count: number } = { first: undefined, count: 0 };
    for await (const part of parts)
      for (const one of part) {
        await this.#pace.look();
        numbers.add(one.number);
        if (this.#take(one, place)) continue;
        differing.count++;
        if (differing.first === undefined || one.number < differing.first.number) differing.first = one;
      }
    if (differing.first !== undefined) this.#tellTwice(differing.first, place, differing.count - 1);
    return numbers;
  }

  /** False: its number was signed for something else. */
  #take(one: Checkpoint, place: string): boolean {
    const before = this.#known.get(one.number);
    if (before !== undefined && isSame(before.one, one)) return true;
    const key = this.#keys.get(one.keyId);
    if (key === undefined) this.#wrong(one.number, `${place} is signed with a key that is not trusted (${one.keyId}).`);
    else if (!isSignedBy(one, key)) this.#wrong(one.number, `${place} does not bear the signature of its content.`);
    else if (one.count !== one.seq) this.#wrong(one.number, `${place} counts ${one.count} events at place ${one.seq}.`);
    else if (before !== undefined) return false;
    else this.#known.set(one.number, { one, place });
    return true;
  }

  #tellTwice(one: Checkpoint, place: string, others: number): void {
    const before = this.#known.get(one.number);
    if (before === undefined) return;
    const [theOne, theOther] = [before, { one, place }].map(
      (known) => `for place ${known.one.seq} at ${known.one.time} ${known.place}`,
    );
    const more = others === 0 ? '' : `, and so were ${others} more`;
    this.#wrong(
      one.number,
      `was signed twice, ${theOne} and ${theOther}${more}: the database was set back in between.`,
    );
  }

  tellLost(outside: ReadonlySet<number>, stored: ReadonlySet<number>): void {
    let count = 0;
    let first = Number.POSITIVE_INFINITY;
    for (const number of outside) {
      if (stored.has(number)) continue;
      count++;
      first = Math.min(first, number);
    }
    if (count > 0)
      this.#wrong(first, `${this.#known.get(first)?.place} and ${count - 1} more are gone from the database.`);
  }

  /** Each must name the one before, and none may go back. */
  async inOrder(): Promise<readonly Checkpoint[]> {
    const list = [...this.#known.values()].map(({ one }) => one).sort((a, b) => a.number - b.number);
    const trusted: Checkpoint[] = [];
    for (const one of list) {
      await this.#pace.look();
      const before = trusted.at(-1);
      const expected = (before?.number ?? 0) + 1;
      if (one.number !== expected) this.#wrong(expected, `to ${one.number - 1} are missing.`);
      else if (one.previous !== (before?.signature ?? '')) this.#wrong(one.number, 'does not name the one before.');
      if (before !== undefined && one.installation !== before.installation)
        this.#wrong(one.number, 'is of another installation.');
      else if (before !== undefined && one.seq < before.seq)
        this.#wrong(one.number, `goes back from place ${before.seq} to ${one.seq}.`);
      else trusted.push(one);
    }
    return trusted;
  }

  #wrong(number: number, detail: string): void {
    this.#findings.add({ kind: 'checkpoint', seq: null, detail: `Checkpoint ${number} ${detail}` });
  }
}
