/** A set of people by their place in an index, as bits: joining ten thousand costs three hundred words. */
export class PersonSet {
  readonly #words: Uint32Array;
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
    this.#words = new Uint32Array(Math.ceil(size / 32));
  }

  static of(size: number, places: Iterable<number>): PersonSet {
    const set = new PersonSet(size);
    for (const place of places) set.add(place);
    return set;
  }

  static all(size: number): PersonSet {
    return new PersonSet(size).without();
  }

  add(place: number): void {
    const word = place >>> 5;
    this.#words[word] = (this.#words[word] ?? 0) | (1 << (place & 31));
  }

  has(place: number): boolean {
    return (((this.#words[place >>> 5] ?? 0) >>> (place & 31)) & 1) === 1;
  }

  /** Those who are in the other as well. */
  and(other: PersonSet): PersonSet {
    const set = new PersonSet(this.#size);
    for (let at = 0; at < this.#words.length; at += 1)
      set.#words[at] = (this.#words[at] ?? 0) & (other.#words[at] ?? 0);
    return set;
  }

  /** Those who are in any of them. */
  static union(size: number, sets: readonly PersonSet[]): PersonSet {
    const union = new PersonSet(size);
    for (const set of sets)
      for (let at = 0; at < union.#words.length; at += 1)
        union.#words[at] = (union.#words[at] ?? 0) | (set.#words[at] ?? 0);
    return union;
  }

  /** Everybody else. */
  without(): PersonSet {
    const set = new PersonSet(this.#size);
    for (let at = 0; at < set.#words.length; at += 1) set.#words[at] = ~(this.#words[at] ?? 0);
    const rest = this.#size & 31;
    const last = set.#words.length - 1;
    if (rest !== 0) set.#words[last] = (set.#words[last] ?? 0) & ((1 << rest) - 1);
    return set;
  }

  /** The places, in order. */
  *[Symbol.iterator](): Generator<number> {
    for (let at = 0; at < this.#words.length; at += 1) {
      for (let rest = this.#words[at] ?? 0; rest !== 0; rest &= rest - 1)
        yield at * 32 + (31 - Math.clz32(rest & -rest));
    }
  }
}
