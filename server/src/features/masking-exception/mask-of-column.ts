import type { ColumnMask } from '@stoa/contract/data-product';
import { type RawBuilder, sql } from 'kysely';

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
