import type { Operation } from '@stoa/contract/operation';
import type { PeopleChange } from '@stoa/contract/people-change';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { ParsedInput } from '../../http/parse-input.ts';

export const memberOf = (part: unknown, name: string): unknown =>
  typeof part === 'object' && part !== null && name in part ? Reflect.get(part, name) : undefined;
const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** Whom or what a call is about. A person who is not there yet has no id. */
export async function targetOf(
  db: Reader,
  { path }: Operation,
  { params, body }: ParsedInput,
): Promise<PeopleChange['target']> {
  if (path.startsWith('/api/import/')) return { type: 'IMPORT', id: null, name: textOf(memberOf(params, 'kind')) };
  if (path.startsWith('/api/group/')) {
    const id = textOf(memberOf(params, 'id'));
    return { type: 'GROUP', id, name: await nameIn(db, sql`user_group where id::text = ${id}`) };
  }
  const id = memberOf(params, 'globalUserId');
  if (typeof id !== 'string') return { type: 'USER', id: null, name: textOf(memberOf(body, 'name')) };
  return { type: 'USER', id, name: await nameIn(db, sql`app_user where global_user_id = ${id}`) };
}

async function nameIn(db: Reader, from: ReturnType<typeof sql>): Promise<string> {
  const { rows } = await sql<{ name: string }>`select name from ${from}`.execute(db);
  return rows[0]?.name ?? '';
}
