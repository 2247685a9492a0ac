import type { ColumnMask, ProductColumn } from '@stoa/contract/data-product';
import { type Masking, masking } from '@stoa/contract/masking';
import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';

/** The mask on column `c` of `data_source_column`, as the last look at the whole left it; null where there is none. */
export const maskOfColumn: RawBuilder<ColumnMask | null> = sql`(
  select json_build_object('maskingType', coalesce(m.degraded_to, m.masking_type), 'chosen', m.masking_type, 'degradedWhy', m.degraded_why,
    'policyId', m.policy_id, 'policyKey', m.policy_key, 'policyName', m.policy_name, 'matchedTag', m.matched_tag, 'isCell', m.is_cell, 'isLiftable', m.is_liftable)
  from column_mask m where m.data_source_id = c.data_source_id and m.ordinal = c.ordinal)`;

/** The same in the words of the published contract. */
export const policyInfoOf = (mask: ColumnMask | null) =>
  mask === null
    ? { globalPolicyInfo: null, localPolicyInfo: null, mask }
    : {
        globalPolicyInfo: { maskingType: mask.maskingType, matchingTag: mask.matchedTag },
        localPolicyInfo: null,
        mask,
      };

type WithMasking = ProductColumn & { masking: Masking | null };

/** Columns with their masks as policies set them; what a type could not bear has become `null`. */
export async function withMasks(db: Reader, columns: readonly ProductColumn[]): Promise<WithMasking[]> {
  const ids = [...new Set(columns.flatMap(({ mask }) => mask?.policyId ?? []))];
  const { rows } =
    ids.length === 0
      ? { rows: [] }
      : await sql<{ id: string; masking: unknown }>`
          select p.id, p.body -> 'action' -> 'masking' as masking from policy p where p.id = any(${ids}::uuid[])`.execute(
          db,
        );
  const set = new Map(rows.map((row) => [row.id, masking.safeParse(row.masking).data ?? null]));
  return columns.map((column) => ({
    ...column,
    masking:
      column.mask == null
        ? null
        : column.mask.degradedWhy === null
          ? (set.get(column.mask.policyId) ?? null)
          : { maskingType: 'null' },
  }));
}
