import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Deps } from '../deps.ts';
import { Secret } from '../secrets/secrets.ts';

const place = { table: 'setting', rowId: 'mask_salt', column: 'value' } as const;

/** The secret of hashes, one for the installation, so that joins over masked columns hold across platforms; made when first asked for. */
export async function maskSalt({ db, secrets }: Pick<Deps, 'db' | 'secrets'>): Promise<Uint8Array> {
  const sealed = secrets.seal(place, new Secret(randomBytes(32).toString('base64')));
  await sql`insert into setting (name, value) values ('mask_salt', ${JSON.stringify({ sealed })}::jsonb) on conflict do nothing`.execute(
    db,
  );
  const { rows } = await sql<{
    sealed: string;
  }>`select value ->> 'sealed' as sealed from setting where name = 'mask_salt'`.execute(db);
  const stored = rows[0]?.sealed;
  if (stored === undefined) throw new Error('the salt of masks was not stored');
  return Buffer.from(secrets.open(place, stored).reveal(), 'base64');
}
