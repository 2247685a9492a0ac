import { sql } from 'kysely';
import type { Db } from '../db/pool.ts';
import type { LivePlatform, PlatformLogin } from '../testing/live-platform.ts';
import { waitFor } from '../testing/register-platform.ts';

/** What tests of masks read in the application database. */
export const readsOf = (db: () => Db) => ({
  /** An answer to each field of the form that is there from the start. */
  answers: async () => {
    const { rows } = await sql<{ fields: { id: string }[] }>`
      select v.fields from request_form f join request_form_version v on v.version = f.current_version where f.is_standard`.execute(
      db(),
    );
    return (rows[0]?.fields ?? []).map((field) => ({ fieldId: field.id, value: 'monthly report' }));
  },
  statementsSince: async (since: number): Promise<string[]> => {
    const { rows } = await sql<{ text: string }>`
      select payload ->> 'statement' as text from audit_event where action = 'ProvisioningStatementExecuted' and sequence > ${since} order by sequence`.execute(
      db(),
    );
    return rows.map((row) => row.text);
  },
  /** Steps of the statements that were run since. */
  steps: async (since: number): Promise<string[]> => {
    const { rows } = await sql<{ step: string }>`
      select payload ->> 'step' as step from audit_event where action = 'ProvisioningStatementExecuted' and sequence > ${since} order by sequence`.execute(
      db(),
    );
    return rows.map((row) => row.step);
  },
  instant: async (): Promise<string> => {
    const { rows } = await sql<{ at: string }>`select to_json(clock_timestamp()) #>> '{}' as at`.execute(db());
    return rows[0]?.at ?? '';
  },
  /** How far the audit has come. */
  now: async (): Promise<number> => {
    const { rows } = await sql<{ n: number }>`select coalesce(max(sequence), 0)::int as n from audit_event`.execute(
      db(),
    );
    return rows[0]?.n ?? 0;
  },
});

/** What somebody's own client is shown. */
export function shownTo(platform: () => LivePlatform, login: () => PlatformLogin) {
  /** The first row, or the SQLSTATE of the refusal. */
  const reads = async (columns: string, from: string): Promise<unknown> => {
    const client = await platform().connectAs(login());
    try {
      return (await client.query(`select ${columns} from ${from} limit 1`)).rows[0];
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error;
    } finally {
      await client.end();
    }
  };
  return {
    reads,
    shows: async (columns: string, from: string): Promise<boolean> => typeof (await reads(columns, from)) === 'object',
    becomes: (from: string, wanted: unknown) =>
      waitFor(`${from} to show ${JSON.stringify(wanted)}`, async () => {
        const seen = await reads('label', from);
        return JSON.stringify(seen) === JSON.stringify(wanted) && { seen };
      }),
  };
}
