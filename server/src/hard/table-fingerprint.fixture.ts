import { sql } from 'kysely';
import type { Db } from '../db/pool.ts';

/** The tables in which facts stand. Jobs write others, and the last use of a token is written by any call. */
const tables = [
  'app_user',
  'global_permission',
  'user_group',
  'group_member',
  'attribute',
  'domain',
  'domain_data_source',
  'domain_permission',
  'request_form',
  'request_form_version',
  'data_product',
  'data_product_owner',
  'data_product_domain',
  'data_product_source',
  'access_request',
  'approval_record',
  'setting',
  'notification_switch',
  'notification_hours',
] as const;
const counted = ['connection', 'personal_access_token', 'data_source', 'data_object', 'platform_identity'] as const;

export type Fingerprint = Readonly<Record<string, string>>;

const whole = tables.map(
  (name) => `select '${name}' as name, count(*) || ':' || coalesce(sum(hashtext(t::text)), 0) as print from ${name} t`,
);
const numbers = counted.map((name) => `select '${name}' as name, count(*)::text as print from ${name}`);
const question = [...whole, ...numbers].join(' union all ');

/** Every row of the tables of facts, in one number each. */
export async function fingerprint(db: Db): Promise<Fingerprint> {
  const { rows } = await sql<{ name: string; print: string }>`${sql.raw(question)}`.execute(db);
  return Object.fromEntries(rows.map((row) => [row.name, row.print]));
}

export const whatChanged = (before: Fingerprint, after: Fingerprint): string[] =>
  Object.keys(after).filter((name) => before[name] !== after[name]);
