import type { PolicyDraft } from '@stoa/contract/policy-resource';
import type { DataBody, PolicyScope, StoredPolicy } from '@stoa/contract/policy';
import type { NodeRole } from '@stoa/contract/enums';
import type { Actor, DomainRef, PolicyObject } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { rolesOn } from '../data-object/held-roles.ts';

/** What a scope names, where it is there: `null` when there is no such domain or data source. */
export type Place = {
  readonly domains: readonly DomainRef[];
  readonly name: string | null;
  /** The caller is Data Owner of the one source that is named. */
  readonly callerOwns: boolean;
};

/** Looks up what scopes name, in the order of the scopes, for somebody who may own it. */
export async function loadPlaces(
  reader: Reader,
  scopes: readonly PolicyScope[],
  actor: Actor | null,
): Promise<(Place | null)[]> {
  const domainIds = scopes.flatMap((scope) => (scope.kind === 'domain' ? [scope.domainId] : []));
  const sourceIds = scopes.flatMap((scope) => (scope.kind === 'local' ? [scope.dataSourceId] : []));
  const domains = new Map<string, DomainRef>();
  const sources = new Map<number, Place>();
  if (domainIds.length > 0) {
    const { rows } = await sql<DomainRef>`select id, name from domain where id = any(${domainIds}::uuid[])`.execute(
      reader,
    );
    for (const row of rows) domains.set(row.id, row);
  }
  if (sourceIds.length > 0) {
    const { rows } = await sql<{ id: number; name: string; domains: DomainRef[]; roles: NodeRole[] }>`
      select s.id, s.name, coalesce(json_agg(json_build_object('id', d.id, 'name', d.name) order by d.name)
          filter (where d.id is not null), '[]') as domains,
        ${actor === null ? sql`array[]::text[]` : rolesOn(actor, sql`s.data_object_id`)} as roles
      from data_source s left join domain_data_source l on l.data_source_id = s.id left join domain d on d.id = l.domain_id
      where s.id = any(${sourceIds}::int[]) group by s.id`.execute(reader);
    for (const { id, roles, ...row } of rows) sources.set(id, { ...row, callerOwns: roles.includes('Data Owner') });
  }
  return scopes.map((scope) => {
    if (scope.kind === 'domain') {
      const domain = domains.get(scope.domainId);
      return domain ? { domains: [domain], name: domain.name, callerOwns: false } : null;
    }
    return scope.kind === 'local' ? (sources.get(scope.dataSourceId) ?? null) : nowhere;
  });
}

const nowhere: Place = { domains: [], name: null, callerOwns: false };

/** SQL of the author's own runs with the rights of Stoa's account, so that it is for governors alone. */
const usesCustomSql = ({ action, who }: Pick<DataBody, 'action' | 'who'>): boolean =>
  (action.kind === 'mask' && action.masking.maskingType === 'custom') ||
  (who.for === 'everyoneWho' && typeof who.otherwise === 'object' && who.otherwise.maskingType === 'custom');

/** What `may` looks at of a draft; `ownsSources`: the caller owns any, for drafts that are about all of these. */
export const draftObject = (draft: PolicyDraft, place: Place, ownsSources: boolean): PolicyObject => ({
  kind: 'policy',
  scope: draft.scope.kind,
  domains: place.domains,
  callerOwns: draft.scope.kind === 'restricted' ? ownsSources : place.callerOwns,
  protected: false,
  hasCustomSql: draft.type === 'data' && usesCustomSql(draft),
});

type About = { readonly isProtected: boolean; readonly isAuthor: boolean };

/** What `may` looks at of a policy as it is stored. */
export const storedObject = (policy: StoredPolicy, place: Place | null, about: About): PolicyObject => ({
  kind: 'policy',
  scope: policy.scope.kind,
  domains: place?.domains ?? [],
  callerOwns: policy.scope.kind === 'restricted' ? about.isAuthor : place?.callerOwns === true,
  protected: about.isProtected,
  hasCustomSql: policy.type === 'data' && usesCustomSql(policy.body),
});
