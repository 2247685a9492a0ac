import type { PolicyDraft } from '@stoa/contract/policy-resource';
import type { DataBody, PolicyScope, StoredPolicy } from '@stoa/contract/policy';
import type { DomainRef, PolicyObject } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';

/** What a scope names, where it is there: `null` when there is no such domain or data source. */
export type Place = { readonly domains: readonly DomainRef[]; readonly name: string | null };

/** Looks up what scopes name, in the order of the scopes. */
export async function loadPlaces(reader: Reader, scopes: readonly PolicyScope[]): Promise<(Place | null)[]> {
  const domainIds = scopes.flatMap((scope) => (scope.kind === 'domain' ? [scope.domainId] : []));
  const sourceIds = scopes.flatMap((scope) => (scope.kind === 'local' ? [scope.dataSourceId] : []));
  const domains = new Map<string, DomainRef>();
  const sources = new Map<number, { name: string; domains: DomainRef[] }>();
  if (domainIds.length > 0) {
    const { rows } = await sql<DomainRef>`select id, name from domain where id = any(${domainIds}::uuid[])`.execute(
      reader,
    );
    for (const row of rows) domains.set(row.id, row);
  }
  if (sourceIds.length > 0) {
    const { rows } = await sql<{ id: number; name: string; domains: DomainRef[] }>`
      select s.id, s.name, coalesce(json_agg(json_build_object('id', d.id, 'name', d.name) order by d.name)
          filter (where d.id is not null), '[]') as domains
      from data_source s left join domain_data_source l on l.data_source_id = s.id left join domain d on d.id = l.domain_id
      where s.id = any(${sourceIds}::int[]) group by s.id, s.name`.execute(reader);
    for (const { id, ...row } of rows) sources.set(id, row);
  }
  return scopes.map((scope) => {
    if (scope.kind === 'domain') {
      const domain = domains.get(scope.domainId);
      return domain ? { domains: [domain], name: domain.name } : null;
    }
    return scope.kind === 'local' ? (sources.get(scope.dataSourceId) ?? null) : { domains: [], name: null };
  });
}

/** SQL of the author's own runs with the rights of Stoa's account, so that it is for governors alone. */
const usesCustomSql = ({ action, who }: Pick<DataBody, 'action' | 'who'>): boolean =>
  (action.kind === 'mask' && action.masking.maskingType === 'custom') ||
  (who.for === 'everyoneWho' && typeof who.otherwise === 'object' && who.otherwise.maskingType === 'custom');

const scopeKind = ({ kind }: PolicyScope): PolicyObject['scope'] => (kind === 'restricted' ? 'global' : kind);

/** What `may` looks at of a draft. */
export const draftObject = (draft: PolicyDraft, place: Place): PolicyObject => ({
  kind: 'policy',
  scope: scopeKind(draft.scope),
  domains: place.domains,
  protected: false,
  hasCustomSql: draft.type === 'data' && usesCustomSql(draft),
});

/** What `may` looks at of a policy as it is stored. */
export const storedObject = (policy: StoredPolicy, place: Place | null, isProtected: boolean): PolicyObject => ({
  kind: 'policy',
  scope: scopeKind(policy.scope),
  domains: place?.domains ?? [],
  protected: isProtected,
  hasCustomSql: policy.type === 'data' && usesCustomSql(policy.body),
});
