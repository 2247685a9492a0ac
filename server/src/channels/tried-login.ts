import { sql } from 'kysely';
import type { Reader, Tx } from '../db/pool.ts';
import type { Secrets } from '../secrets/secrets.ts';
import { isSameLine, joinSecrets, type MailOAuth, splitSecrets } from './mail-oauth.ts';

/**
 * A refresh token that was tried before it was saved may be used up by that. What came back in its place is kept here until
 * somebody saves it, or for a day.
 */
type Stored = Pick<MailOAuth, 'tokenUrl' | 'clientId' | 'scope'> & { readonly password: string };
const place = { table: 'setting', rowId: 'email_tried', column: 'password' } as const;

export async function readTriedLogin(db: Reader, secrets: Secrets): Promise<MailOAuth | undefined> {
  const { rows } = await sql<{ value: Stored; now: number }>`
    select value, extract(epoch from now())::float8 * 1000 as now from setting where name = 'email_tried'`.execute(db);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { password, ...shown } = row.value;
  return { ...shown, ...splitSecrets(secrets.open(place, password), row.now) };
}

export async function keepTriedLogin(tx: Tx, secrets: Secrets, oauth: MailOAuth): Promise<void> {
  const { tokenUrl, clientId, scope } = oauth;
  const stored: Stored = { tokenUrl, clientId, scope, password: secrets.seal(place, joinSecrets(oauth)) };
  await sql`insert into setting (name, value) values ('email_tried', ${JSON.stringify(stored)}::jsonb)
    on conflict (name) do update set value = excluded.value, updated_at = now()`.execute(tx);
}

/** It is saved: those settings go on with it. */
export async function endTriedLogin(tx: Tx, secrets: Secrets, saved: MailOAuth): Promise<void> {
  const tried = await readTriedLogin(tx, secrets);
  if (tried !== undefined && isSameLine(tried, saved)) await forgetTriedLogin(tx);
}

export async function forgetTriedLogin(tx: Tx): Promise<void> {
  await sql`delete from setting where name = 'email_tried'`.execute(tx);
}
