import type { Formula } from '@stoa/core/masking/formula';
import type { KeyBook } from '@stoa/core/masking/view';
import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';

/**
 * The numbers of exemption keys, made where they are not there yet. A number is written before the first view names it, and
 * never goes: no later key can mean what an old view still says.
 * @param columns keys of `columnKeyOf`
 */
export async function ensureMaskKeys(
  db: Reader,
  { columns, formulas }: { columns: readonly string[]; formulas: readonly Formula[] },
): Promise<KeyBook> {
  const parts = columns.map((key) => key.split('/'));
  const { rows: numbered } = await sql<{ key: string; id: number }>`
    with wanted as materialized (
      select * from unnest(${parts.map(([id]) => Number(id))}::int[], ${parts.map(([, ordinal]) => Number(ordinal))}::int[],
        ${parts.map(([, , family]) => family ?? '')}::text[]) w (source, ordinal, family)
    ), made as (
      insert into masked_column (data_source_id, ordinal, family) select * from wanted w
      where not exists (select from masked_column k where k.data_source_id = w.source and k.ordinal = w.ordinal and k.family = w.family)
      on conflict do nothing returning *
    )
    select k.data_source_id || '/' || k.ordinal || '/' || k.family as key, k.id from (
      select * from made union all
      select k.* from wanted w join masked_column k on k.data_source_id = w.source and k.ordinal = w.ordinal and k.family = w.family) k`.execute(
    db,
  );
  const texts = formulas.map((formula) => formula.text);
  const { rows: known } = await sql<{ key: string; id: number }>`
    with wanted as materialized (select unnest(${texts}::text[]) as text), made as (
      insert into mask_formula (text) select text from wanted w where not exists (select from mask_formula f where f.text = w.text)
      on conflict do nothing returning *
    )
    select text as key, id from made union all select f.text, f.id from wanted w join mask_formula f on f.text = w.text`.execute(
    db,
  );
  const book = {
    columns: new Map(numbered.map((row) => [row.key, row.id])),
    formulas: new Map(known.map((row) => [row.key, row.id])),
  };
  // Another replica made one at the same moment: it is there by now, and was not in what this statement saw.
  const isWhole = columns.every((key) => book.columns.has(key)) && texts.every((text) => book.formulas.has(text));
  return isWhole ? book : ensureMaskKeys(db, { columns, formulas });
}
