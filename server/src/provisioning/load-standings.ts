import { MergedRules } from '@stoa/core/access/merged-rules';
import { mergeRules, readPolicyRules } from '@stoa/core/access/policy-rules';
import { type Standing, standingOf } from '@stoa/core/access/standing';
import { type PersonRow, personFacts } from '@stoa/core/condition/facts';
import type { PersonFacts } from '@stoa/core/condition/model';
import { listed } from '@stoa/core/listed';
import { sql } from 'kysely';
import type { Reader } from '../db/pool.ts';
import { loadSubscriptionPolicies } from '../features/policy/load-active.ts';
import { personFactsJson } from './person-facts.ts';
import { type LoadedPolicySource, loadPolicySources, needsOf } from './policy-sources.ts';

export type SourcePolicies = {
  readonly rules: MergedRules;
  readonly sources: ReadonlyMap<number, LoadedPolicySource>;
};

/** What the policies in force say of some sources, of whatever connections; one question, and no more where there are none. */
export async function loadSourcePolicies(db: Reader, sourceIds: readonly number[]): Promise<SourcePolicies> {
  const policies = sourceIds.length === 0 ? [] : await loadSubscriptionPolicies(db);
  const read = readPolicyRules(policies);
  const sources = new Map<number, LoadedPolicySource>();
  if (read.length === 0) return { rules: MergedRules.none, sources };
  const needs = needsOf(
    read,
    policies.map((policy) => policy.body),
  );
  const { rows } = await sql<{ connection_id: string; ids: number[] }>`
    select connection_id, array_agg(id) as ids from data_source where id = any(${[...sourceIds]}::int[]) group by 1`.execute(
    db,
  );
  for (const { connection_id, ids } of rows)
    for (const loaded of await loadPolicySources(db, connection_id, { sourceIds: ids, needs }))
      sources.set(loaded.facts.dataSourceId, loaded);
  const merged = mergeRules(
    read,
    [...sources.values()].map(({ facts }) => facts),
  );
  return { rules: merged, sources };
}

export async function loadPersonFacts(db: Reader, globalUserId: string): Promise<PersonFacts | undefined> {
  const { rows } = await sql<{ facts: PersonRow }>`
    select ${personFactsJson} as facts from app_user u where u.global_user_id = ${globalUserId}`.execute(db);
  return rows[0] && personFacts(rows[0].facts);
}

/**
 * Where one person stands on some sources by policy alone: who reads already by policy, and whom a guardrail keeps out
 * whatever is approved. Sources on which no policy acts are not in the answer.
 */
export async function loadStandings(
  db: Reader,
  globalUserId: string,
  sourceIds: readonly number[],
): Promise<ReadonlyMap<number, Standing>> {
  const { rules } = await loadSourcePolicies(db, sourceIds);
  const person = rules.groups.length === 0 ? undefined : await loadPersonFacts(db, globalUserId);
  if (person === undefined) return new Map();
  return new Map([...rules.bySource()].map(([id, of]) => [id, standingOf(of, person, false)]));
}

/** Why nobody can give the person a source that guardrails keep closed. */
export const closedWords = ({ unmet }: Pick<Standing, 'unmet'>): string =>
  `Kept closed by the ${policyWords('guardrail', unmet)}`;

/** Policies as a sentence names them: "policy A", "policies A and B"; or guardrails. */
export const policyWords = (kind: 'policy' | 'guardrail', rules: Standing['by']): string => {
  const many = kind === 'policy' ? 'policies' : 'guardrails';
  return `${rules.length === 1 ? kind : many} ${listed(rules.map(({ rule }) => rule.name))}`;
};
