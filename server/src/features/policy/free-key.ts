import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';

const longestKey = 63;
const longestStem = 55;

/** A policy key made of a name: `mask-personal-data`, or with a number behind it where that is taken. */
export async function freeKey(reader: Reader, name: string): Promise<string> {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  const words = plain
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, longestStem)
    .replaceAll(/^-+|-+$/g, '');
  const stem = words === '' ? 'policy' : words;
  const { rows } = await sql<{ policy_key: string }>`
    select policy_key from policy where deleted_at is null and (policy_key = ${stem} or policy_key like ${`${stem}-%`})`.execute(
    reader,
  );
  const taken = new Set(rows.map((row) => row.policy_key));
  for (let n = 1; ; n += 1) {
    const key = (n === 1 ? stem : `${stem}-${n}`).slice(0, longestKey);
    if (!taken.has(key)) return key;
  }
}
