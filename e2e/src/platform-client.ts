import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';

export type PlatformClient = {
  /** `rows` or the SQLSTATE of the refusal. */
  read(table: string): Promise<string>;
  /** Reads until the answer is the one wanted; answers the last one when it does not come. */
  readUntil(table: string, wanted: string, withinMs?: number): Promise<string>;
  /** The first value of the first row as text, or the SQLSTATE of the refusal. */
  firstValue(query: string): Promise<string>;
  close(): Promise<void>;
};

export type Login = { host?: string; port: number; database: string; user: string; password: string };

/** A person's own connection to the data platform, as any PostgreSQL client opens it. Stoa has no part in it. */
export async function connectToPlatform(login: Login): Promise<PlatformClient> {
  const client = new pg.Client({ host: '127.0.0.1', ...login });
  // A killed server ends the connection of everybody; that is part of a journey.
  client.on('error', () => undefined);
  await client.connect();
  const read = async (table: string): Promise<string> => {
    try {
      const { rowCount } = await client.query(`select * from ${table} limit 1`);
      return rowCount === 1 ? 'rows' : 'no rows';
    } catch (error) {
      return error instanceof pg.DatabaseError ? (error.code ?? error.message) : String(error);
    }
  };
  return {
    read,
    async firstValue(text) {
      try {
        const { rows } = await client.query<unknown[]>({ text, rowMode: 'array' });
        return String(rows[0]?.[0]);
      } catch (error) {
        return error instanceof pg.DatabaseError ? (error.code ?? error.message) : String(error);
      }
    },
    async readUntil(table, wanted, withinMs = 10_000) {
      const end = Date.now() + withinMs;
      let last = await read(table);
      while (last !== wanted && Date.now() < end) {
        await wait(50);
        last = await read(table);
      }
      return last;
    },
    close: () => client.end(),
  };
}
