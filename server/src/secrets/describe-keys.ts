import type { DataKeys } from '@stoa/contract/data-key';
import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import { allKinds, storedOf, titleOfKind } from './stored-secrets.ts';

type KeyRow = {
  id: string;
  kind: string;
  state: 'active' | 'decryptOnly' | 'retired';
  root: string | null;
  created_at: Date;
  activated_at: Date | null;
  replaced_at: Date | null;
  retired_at: Date | null;
};

/** Of each kind its keys, newest first, and how many stored secrets name each. */
export async function describeKeys(db: Reader): Promise<DataKeys> {
  const { rows } =
    await sql<KeyRow>`select id, kind, state, root_key_id as root, created_at, activated_at, replaced_at, retired_at
    from data_key order by created_at desc, id`.execute(db);
  const named = await countByKey(db);
  const kinds = [...new Set([...allKinds, ...rows.map((row) => row.kind)])].map((kind) => ({
    kind,
    title: titleOfKind(kind),
    firstForm: named.get(`${kind} `) ?? 0,
    keys: rows
      .filter((row) => row.kind === kind)
      .map((row) => ({
        id: row.id,
        state: row.state,
        secrets: named.get(`${kind} ${row.id}`) ?? 0,
        createdAt: row.created_at.toISOString(),
        ...(row.activated_at === null ? {} : { activatedAt: row.activated_at.toISOString() }),
        ...(row.replaced_at === null ? {} : { replacedAt: row.replaced_at.toISOString() }),
        ...(row.retired_at === null ? {} : { retiredAt: row.retired_at.toISOString() }),
      })),
  }));
  return { rootKeyId: rows.find((row) => row.root !== null)?.root ?? '', kinds };
}

/** By kind and key; those of the first form, which names none, by the kind alone. */
async function countByKey(db: Reader): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const kind of allKinds) {
    for (const stored of storedOf(kind)) {
      const sealed = sql.raw(stored.sealed);
      const { rows } = await sql<{ key: string; n: number }>`
        select case when ${sealed} like 'k2.%' then split_part(${sealed}, '.', 2) else '' end as key, count(*)::int as n
        from ${sql.table(stored.table)} where ${sealed} ~ '^k[12][.]' group by 1`.execute(db);
      for (const { key, n } of rows) counts.set(`${kind} ${key}`, (counts.get(`${kind} ${key}`) ?? 0) + n);
    }
  }
  return counts;
}
