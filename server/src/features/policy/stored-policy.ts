import {
  dataBody,
  dataKind,
  type OwnerDecisions,
  type PolicyScope,
  policyScope,
  policyState,
  type StoredPolicy,
  subscriptionBody,
  subscriptionKind,
} from '@stoa/contract/policy';
import { type RawBuilder, sql } from 'kysely';

/** A row of `policy` as far as decisions look at it. */
export type PolicyRow = {
  id: string;
  number: number;
  policy_key: string;
  name: string;
  type: string;
  kind: string;
  scope: string;
  domain_id: string | null;
  data_source_id: number | null;
  state: string;
  version: number;
  body: unknown;
  decisions?: OwnerDecisions | null;
};

/** The columns of a `PolicyRow`, of the table `p`. */
export const policyColumns: RawBuilder<unknown> = sql`p.id, p.number, p.policy_key, p.name, p.type, p.kind, p.scope,
  p.domain_id, p.data_source_id, p.state, p.version, p.body`;

export const scopeOf = (row: Pick<PolicyRow, 'scope' | 'domain_id' | 'data_source_id'>) =>
  policyScope.parse({
    kind: row.scope,
    ...(row.domain_id === null ? {} : { domainId: row.domain_id }),
    ...(row.data_source_id === null ? {} : { dataSourceId: row.data_source_id }),
  });

/** A scope as the columns of a row. */
export const scopeColumns = (scope: PolicyScope) => ({
  kind: scope.kind,
  domainId: scope.kind === 'domain' ? scope.domainId : null,
  dataSourceId: scope.kind === 'local' ? scope.dataSourceId : null,
});

/** Reads a row into the form that decisions take. */
export function toStoredPolicy(row: PolicyRow): StoredPolicy {
  const shared = {
    id: row.id,
    number: row.number,
    policyKey: row.policy_key,
    name: row.name,
    scope: scopeOf(row),
    state: policyState.parse(row.state),
    version: row.version,
    ...(row.decisions == null ? {} : { decisions: row.decisions }),
  };
  if (row.type === 'data')
    return { ...shared, type: 'data', kind: dataKind.parse(row.kind), body: dataBody.parse(row.body) };
  return {
    ...shared,
    type: 'subscription',
    kind: subscriptionKind.parse(row.kind),
    body: subscriptionBody.parse(row.body),
  };
}
