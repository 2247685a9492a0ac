import type { AuditFinding } from '@stoa/contract/audit-chain';

/**
 * edited: an event or its seal holds something else than what was sealed. deleted: a sealed event, or a seal, is gone.
 * inserted: an event is there that was never sealed when its time was. swapped: two hold each other's place or content.
 * truncated: the end of the chain is gone. rewritten: the seals fit each other, but not what was signed.
 * checkpoint: a checkpoint itself is wrong.
 */
export type FindingKind = AuditFinding['kind'];

export type ChainFinding = {
  readonly kind: FindingKind;
  /** Where in the chain; null: the event has no place in it, or a checkpoint is meant. */
  readonly seq: number | null;
  /** The last place it concerns, when there is more than one. */
  readonly through?: number;
  readonly eventId?: string;
  readonly detail: string;
};

export type ChainReport = {
  /** unchecked: nothing wrong was seen, but something could not be looked at. */
  readonly outcome: 'intact' | 'broken' | 'unchecked';
  /** How long the chain is. */
  readonly sealed: number;
  /** How many events were read and worked out anew. */
  readonly events: number;
  /** The earliest of them, in the order of the chain. */
  readonly first: ChainFinding | null;
  /** The first of them; `findingCount` says of how many. */
  readonly findings: readonly ChainFinding[];
  readonly findingCount: number;
  readonly checkpoints: {
    /** How many were trusted, and how many of those came from outside the database. */
    readonly count: number;
    readonly outside: number;
    readonly last: { readonly number: number; readonly seq: number; readonly time: string } | null;
    readonly lastOutside: { readonly number: number; readonly seq: number; readonly time: string } | null;
  };
  /** Younger than the last checkpoint: what was done to these is not found. */
  readonly uncovered: { readonly sealed: number; readonly unsealed: number; readonly since: string | null };
  /** What could not be looked at, in sentences. */
  readonly unchecked: readonly string[];
  readonly milliseconds: number;
};

const shownFindings = 100;

/** Gathers findings without end, keeps the earliest of them. */
export class Findings {
  readonly #list: ChainFinding[] = [];
  #count = 0;

  add(finding: ChainFinding): void {
    this.#count++;
    this.#list.push(finding);
    if (this.#list.length > 20 * shownFindings) this.#list.splice(0, this.#list.length, ...this.earliest());
  }

  get count(): number {
    return this.#count;
  }

  /** Those in the chain in its order, then those that have no place in it. */
  earliest(): ChainFinding[] {
    const place = (one: ChainFinding) => one.seq ?? Number.POSITIVE_INFINITY;
    return this.#list.toSorted((a, b) => Math.sign(place(a) - place(b)) || 0).slice(0, shownFindings);
  }
}
