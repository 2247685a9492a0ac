import type { RequestType } from '@stoa/contract/enums';
import { daysOf } from '@stoa/core/duration/duration';
import type { Actor } from '@stoa/core/permissions/objects';
import { type Answer, durationAnswer } from '@stoa/core/review/check-answers';
import type { RequestFacts } from '@stoa/core/review/request-facts';
import { factsAskedBy } from '@stoa/core/review/resolve-flow';
import { connectionTags, objectTag, productTag } from '@stoa/core/tags/system-tags';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { assessSubject } from '../assist/assess-subjects.ts';
import { toCandidate } from '../assist/traits.ts';
import type { ResolvedForm } from '../request-form/resolve-form-version.ts';

/** A request, made or only thought of, as flows ask about it. */
export type AskedOfFlows = {
  type: RequestType;
  actor: Actor;
  beneficiary: Actor;
  /** Null for flows that no target has yet: nothing is tagged then, and nothing was decided on it. */
  target: { type: 'DATA_PRODUCT' | 'DATA_OBJECT'; id: string; domainIds: readonly string[] } | null;
  form: Pick<ResolvedForm, 'formId' | 'fields' | 'flows'>;
  answers: readonly Answer[];
  /** Of a masking exception. */
  columns: readonly { readonly sourceId: string; readonly columnName: string }[];
  now: Date;
};

/** The facts of a request. What costs a query is looked up only where a flow in force asks for it. */
export async function readFlowFacts(db: Reader, asked: AskedOfFlows): Promise<RequestFacts> {
  const wanted = factsAskedBy(asked.form.flows);
  const { type, actor, beneficiary, answers, columns } = asked;
  return {
    requestType: type,
    answers: Object.fromEntries(answers.map((a) => [a.fieldId, a.value])),
    duration: daysOf(durationAnswer(answers)),
    userGroups: beneficiary.groups.map((g) => g.name),
    userAttributes: attributesOf(beneficiary),
    targetTags: wanted.has('targetTags') ? await readTargetTags(db, asked) : [],
    // No column carries a tag before tags can be applied.
    columnTags: [],
    columnCount: columns.length,
    onBehalf: actor.globalUserId !== beneficiary.globalUserId,
    risk: wanted.has('risk') ? await readRisk(db, asked) : 'INDETERMINATE',
  };
}

export function attributesOf(person: Pick<Actor, 'attributes'>): Record<string, string[]> {
  const held: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
  for (const { name, value } of person.attributes) held[name] = [...(held[name] ?? []), value];
  return held;
}

type PlacedRow = { technology: string; connection_key: string; object_path: string[]; is_parent: boolean };

/** The tags that any source of the target carries. */
async function readTargetTags(db: Reader, { target }: AskedOfFlows): Promise<string[]> {
  if (target === null) return [];
  const { id, type } = target;
  const objects =
    type === 'DATA_PRODUCT'
      ? sql`select s.data_object_id from data_product_source x join data_source s on s.id = x.data_source_id where x.data_product_id = ${id}`
      : sql`select ${id}::uuid`;
  const { rows } = await sql<PlacedRow>`
    select c.technology, c.connection_key, o.object_path, o.object_type in ('database', 'schema') as is_parent
    from data_object o join connection c on c.id = o.connection_id
    where o.id in (${objects})`.execute(db);
  const tags = rows.flatMap((row) =>
    connectionTags({
      technology: row.technology,
      connectionKey: row.connection_key,
      objectPath: row.object_path,
      isParent: row.is_parent,
    }),
  );
  return [...new Set([type === 'DATA_PRODUCT' ? productTag(id) : objectTag(id), ...tags])].sort();
}

/** What review assist makes of it, as of now. */
async function readRisk(db: Reader, asked: AskedOfFlows): Promise<RequestFacts['risk']> {
  const { target, form, type, beneficiary, answers, now } = asked;
  if (target === null) return 'INDETERMINATE';
  const { groups, attributes } = beneficiary;
  const { approvalRisk } = await assessSubject(db, {
    targetId: target.id,
    type,
    domainIds: target.domainIds,
    formId: form.formId,
    candidate: toCandidate({ groups, attributes, answers }, [...form.fields]),
    at: now,
  });
  return approvalRisk;
}
