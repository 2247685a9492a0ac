import type { Answer } from '@stoa/core/review/check-answers';
import type { FormField } from '@stoa/core/review/form';
import type { Candidate, RequestTraits } from '@stoa/core/assist/request-traits';
import { type RawBuilder, sql } from 'kysely';

/**
 * What may be compared of request `r`: groups and attributes of its beneficiary as they are now, and the options chosen.
 * Stored with each determination, since groups change and what was judged then must not.
 */
export const traitsOfRequest: RawBuilder<RequestTraits> = sql`jsonb_build_object(
  'groups', (select coalesce(jsonb_agg(jsonb_build_object('id', g.id, 'name', g.name) order by g.id), '[]')
    from group_member m join user_group g on g.id = m.group_id where m.global_user_id = r.beneficiary),
  'attributes', (select coalesce(jsonb_agg(distinct jsonb_build_object('name', t.name, 'value', t.value)), '[]')
    from attribute t where (t.principal_type = 'user' and t.principal_id = r.beneficiary::text)
      or (t.principal_type = 'group' and t.principal_id in
        (select m.group_id::text from group_member m where m.global_user_id = r.beneficiary))),
  'answers', jsonb_path_query_array(r.form, '$.answers[*] ? (@.type == "DROPDOWN")'))`;

type Traits = Omit<RequestTraits, 'answers'> & { readonly answers: readonly Answer[] };

/** Traits with the wording of the questions; an answer to a question that the form does not have is left out. */
export function toCandidate({ groups, attributes, answers }: Traits, fields: readonly FormField[]): Candidate {
  const labels = new Map(fields.map((field) => [field.id, field.label]));
  return {
    groups: groups.map(({ id, name }) => ({ id, name })),
    attributes: attributes.map(({ name, value }) => ({ name, value })),
    answers: answers.flatMap((answer) => {
      const label = labels.get(answer.fieldId);
      return label === undefined ? [] : [{ ...answer, label }];
    }),
  };
}
