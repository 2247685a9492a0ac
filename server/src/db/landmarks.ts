import { createHash } from 'node:crypto';

/** A landmark stands at every so many rows of a list. */
export const landmarkEvery = 1_000;

/** Rows that come and go in equal number would not be noticed: after this long a list is surveyed again. */
const oldestMilliseconds = 10_000;
const listsAtMost = 100;

type Place = readonly string[];
type Survey = { readonly total: number; readonly at: number; readonly places: Promise<readonly Place[]> };
/** The statement that surveys a list, with its parameters: equal ones find equal rows. */
type Surveyed = {
  readonly query: { readonly sql: string; readonly parameters: readonly unknown[] };
  readonly total: number;
};

/**
 * Where lists stand at every thousandth row, so that a page deep inside one begins at a key instead of being counted up to.
 * They are remembered per statement and parameters, thus never from one viewer to another, for seconds, and only while the
 * list has as many rows as it had.
 */
export class Landmarks {
  readonly #surveys = new Map<string, Survey>();

  async of({ query, total }: Surveyed, survey: () => Promise<readonly Place[]>): Promise<readonly Place[]> {
    const key = createHash('sha256')
      .update(JSON.stringify([query.sql, query.parameters]))
      .digest('base64');
    const known = this.#surveys.get(key);
    if (known !== undefined && known.total === total && performance.now() - known.at < oldestMilliseconds)
      return known.places;
    const made: Survey = { total, at: performance.now(), places: survey() };
    this.#surveys.delete(key);
    this.#surveys.set(key, made);
    const [oldest] = this.#surveys.keys();
    if (oldest !== undefined && this.#surveys.size > listsAtMost) this.#surveys.delete(oldest);
    try {
      return await made.places;
    } catch (error) {
      if (this.#surveys.get(key) === made) this.#surveys.delete(key);
      throw error;
    }
  }
}
