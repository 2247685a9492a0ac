import { sql } from 'kysely';
import type { Log } from '../log.ts';
import type { Db } from './pool.ts';

/**
 * Whether a newer version has migrated the database under this process. What it would read and write then is not what it takes it for:
 * it is not ready any more, and leaves the platforms to those that know the schema.
 */
export class SchemaWatch {
  readonly #known: readonly string[];
  #newer: string | undefined;

  /** @param known the migrations of this version, by their names */
  constructor(known: readonly string[]) {
    this.#known = known;
  }

  /** The newest migration that this process does not know, as of the last look. */
  get newer(): string | undefined {
    return this.#newer;
  }

  /** Looks again: at each heartbeat, and whenever somebody asks whether this process is ready. */
  async look(db: Db, log: Log): Promise<string | undefined> {
    const { rows } = await sql<{ name: string | null }>`
      select max(name) as name from stoa_migration where not name = any(${[...this.#known]}::text[])`.execute(db);
    const newer = rows[0]?.name ?? undefined;
    if (newer !== undefined && this.#newer === undefined)
      log.error(
        { migration: newer },
        'a newer Stoa has migrated the database: this process writes to no platform, and has to be replaced',
      );
    this.#newer = newer;
    return newer;
  }
}
