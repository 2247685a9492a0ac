import { foldName } from '@stoa/core/folded-name';
import { standardRequestForm } from '@stoa/core/review/standard';
import { sql } from 'kysely';
import type { Db } from '../../db/pool.ts';

/** Fixed, so that two servers starting at once on an empty database write the same row. */
export const standardFormVersion = 'cstandardrequestform00001';

/** Makes the Standard Request Form where it is missing. Safe to run by every replica at every start. */
export async function ensureStandardForm(db: Db): Promise<void> {
  const { id, name, fields, policy, dataUseAgreements } = standardRequestForm;
  await db.transaction().execute(async (tx) => {
    await sql`insert into request_form (id, name, name_key, is_standard, current_version)
      values (${id}, ${name}, ${foldName(name)}, true, ${standardFormVersion}) on conflict do nothing`.execute(tx);
    await sql`insert into request_form_version (version, request_form_id, name, fields, policy, agreements)
      values (${standardFormVersion}, ${id}, ${name}, ${JSON.stringify(fields)}::jsonb, ${JSON.stringify(policy)}::jsonb,
        ${JSON.stringify(dataUseAgreements)}::jsonb) on conflict do nothing`.execute(tx);
  });
}
