import type { OwnerDecisions, PolicyScope } from '@stoa/contract/policy';

/** How a policy that is meant for a source stands there: it acts, it waits for a signature, or an owner has switched it off. */
export type PolicyStanding = 'acting' | 'waiting' | 'off';

type Place = { readonly dataSourceId: number; readonly domainIds: ReadonlySet<string> };

/** What owners have to say about a policy (governance.md 8), read once for many sources. */
export type OwnerJudge = {
  /**
   * Of a policy for its author's own sources: whether it is one. Once a source is in a domain owners author nothing on it, and what
   * they gave there ends; what they keep closed stays closed, since no mask may be lifted by sorting sources into domains.
   */
  readonly isOwn: (place: Place) => boolean;
  /** Whether an owner has picked the policy for it. */
  readonly isSelected: (dataSourceId: number) => boolean;
  readonly standing: (dataSourceId: number) => PolicyStanding;
};

type Owned = {
  /** Whether the policy gives: a grant, or the reveal of a masked column. All others take away. */
  readonly gives: boolean;
  readonly scope: PolicyScope;
  readonly decisions?: OwnerDecisions | undefined;
  readonly body: {
    readonly certification?: unknown;
    readonly circumstances: readonly { readonly type: string }[];
  };
};

/** Null where owners have no say: then the policy acts wherever its circumstances are met. Starts from no. */
export function ownerJudge({ gives, scope, decisions = nothing, body }: Owned): OwnerJudge | null {
  const isAsked =
    scope.kind === 'restricted' ||
    body.certification !== undefined ||
    decisions.off.length > 0 ||
    body.circumstances.some(({ type }) => type === 'ownerSelected');
  if (!isAsked) return null;
  const [owned, selected, certified, off] = [
    decisions.owned,
    decisions.selected,
    decisions.certified,
    decisions.off,
  ].map((ids) => new Set(ids));
  const standing = (id: number): PolicyStanding => {
    if (off?.has(id) === true) return 'off';
    return body.certification === undefined || certified?.has(id) === true ? 'acting' : 'waiting';
  };
  return {
    isOwn: ({ dataSourceId, domainIds }) => owned?.has(dataSourceId) === true && !(gives && domainIds.size > 0),
    isSelected: (id) => selected?.has(id) === true,
    standing,
  };
}

const nothing: OwnerDecisions = { owned: [], selected: [], certified: [], off: [] };

/** Whether a source lies where a policy is meant to act, whatever its circumstances. */
export function isInScope(scope: PolicyScope, owners: OwnerJudge | null, place: Place): boolean {
  switch (scope.kind) {
    case 'global':
      return true;
    case 'domain':
      return place.domainIds.has(scope.domainId);
    case 'local':
      return scope.dataSourceId === place.dataSourceId;
    case 'restricted':
      return owners?.isOwn(place) === true;
  }
}
