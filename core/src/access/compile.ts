import { always, type Remainder } from '../condition/remainder.ts';
import { PersonIndex } from '../condition/person-index.ts';
import { containerName } from './container-name.ts';
import type {
  AccessFacts,
  Approval,
  ApprovalVerdict,
  Awaiting,
  AwaitingReason,
  DesiredAccess,
  DesiredContainer,
  DesiredFuture,
  DesiredMember,
  DesiredObject,
  HeldReason,
  HeldSource,
  PlatformIdentity,
  PreventedParts,
  Scope,
  ScopeKey,
  Source,
  Target,
  TargetPart,
  UserFact,
} from './model.ts';

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Orders platform ids as numbers where they are numbers, so that locks are always taken in one order. */
export function comparePlatformIds(a: string, b: string): number {
  return a.length - b.length || byText(a, b);
}

/** Whether an identity may be written into a platform (governance.md 7); otherwise the reason that is shown. */
export function identityProblem(identity: PlatformIdentity | null): AwaitingReason | null {
  if (identity === null) return 'identity.none';
  if (identity.state === 'absent') return 'identity.absent';
  if (identity.state === 'unverified' || identity.principalId === null) return 'identity.unverified';
  return null;
}

/** Whether one approval gives access at `now`. Starts from no; half-open: the instant `notAfter` is already outside. */
export function judgeApproval(
  approval: Approval,
  target: Target | undefined,
  about: { readonly user: UserFact | undefined; readonly now: number },
): ApprovalVerdict {
  if (approval.ended) return { live: false, reason: 'approval.ended' };
  if (approval.notAfter !== null && about.now >= approval.notAfter) return { live: false, reason: 'approval.expired' };
  if (target === undefined) return { live: false, reason: 'target.unknown' };
  if (target.deleted) return { live: false, reason: 'target.deleted' };
  if (target.suspended) return { live: false, reason: 'target.suspended' };
  if (about.user === undefined) return { live: false, reason: 'user.unknown' };
  if (about.user.status !== 'active') return { live: false, reason: 'user.disabled' };
  if (approval.awaitingAcceptance) return { live: false, reason: 'approval.awaiting_acceptance' };
  return { live: true };
}

/** Why a source must not be granted now, or null when it may. */
export function sourceProblem(source: Source | undefined): HeldReason | null {
  if (source === undefined) return 'source.unknown';
  if (source.missing) return 'source.missing';
  if (source.hold) return 'source.held';
  if (!source.enabled) return 'source.disabled';
  if (source.protection?.view === null) return 'source.unprotected';
  return null;
}

/**
 * Turns the facts of one connection into the access that should exist on it, with reasons (product.md 10). Pure; time is
 * `facts.now`. Equal facts give equal answers, whatever the order of their lists.
 */
export function compileAccess(facts: AccessFacts): DesiredAccess {
  const sources = new Map(facts.sources.map((s) => [s.dataSourceId, s]));
  const users = new Map(facts.users.map((u) => [u.globalUserId, u]));
  const targets = new Map(facts.targets.map((t) => [t.targetId, t]));
  const verdicts = new Map<string, ApprovalVerdict>();
  const awaiting: Awaiting[] = [];
  const live = new Map<string, LiveApproval[]>();
  let nextExpiry: number | null = null;
  for (const approval of facts.approvals) {
    const user = users.get(approval.globalUserId);
    const verdict = judgeApproval(approval, targets.get(approval.targetId), { user, now: facts.now });
    verdicts.set(approval.requestId, verdict);
    if (!approval.ended && approval.notAfter !== null && approval.notAfter > facts.now) {
      nextExpiry = nextExpiry === null ? approval.notAfter : Math.min(nextExpiry, approval.notAfter);
    }
    if (!verdict.live || user === undefined) continue;
    const problem = identityProblem(user.identity);
    if (problem !== null) {
      const externalName = user.identity?.externalName ?? null;
      const { requestId, targetId, globalUserId } = approval;
      awaiting.push({ requestId, targetId, globalUserId, externalName, reason: problem });
      continue;
    }
    const list = live.get(approval.targetId);
    if (list) list.push({ approval, user });
    else live.set(approval.targetId, [{ approval, user }]);
  }
  const held: HeldSource[] = [];
  const prevented = new Map<string, PreventedParts>();
  const keys = keysByTarget(facts.scope);
  const isAmong = judgeOfPeople(facts.users);
  const containers = facts.targets
    .filter((target) => keys === null || keys.has(target.targetId))
    .flatMap((target) => {
      const onlyPrincipals = keys === null ? null : pairPrincipals(keys.get(target.targetId) ?? [], users);
      const approved = live.get(target.targetId) ?? [];
      notePrevented(target, { approved, isAmong, prevented });
      const parts = { sources, onlyPrincipals, held, isAmong, approved };
      return partsOf(target).map((part) => containerOf(facts, target, { ...parts, part }));
    });
  return {
    scope: facts.scope,
    installationId: facts.installationId,
    connectionId: facts.connectionId,
    namePrefix: facts.namePrefix,
    strictMembers: facts.settings.strictMembers,
    protectedPrincipals: facts.settings.protectedPrincipals ?? [],
    containers: containers.sort((a, b) => byText(a.name, b.name)),
    awaiting: awaiting.sort((a, b) => byText(a.requestId, b.requestId)),
    held,
    verdicts,
    prevented,
    principals: pushablePrincipals(facts.users),
    governed: (facts.governed ?? []).toSorted(comparePlatformIds),
    nextExpiry,
  };
}

/** A label as every platform gives it back unchanged: no control characters, no lone surrogates, at most 200 characters. */
function cleanLabel(label: string): string {
  const clean = label
    .replace(/[\p{Cc}\p{Z}]+/gu, ' ')
    .replace(/\p{Cs}/gu, '\ufffd')
    .trim();
  return [...clean].slice(0, 200).join('').trim();
}

/** Null: everything is in scope. */
function keysByTarget(scope: Scope): ReadonlyMap<string, readonly ScopeKey[]> | null {
  if (scope.kind === 'all') return null;
  const keys = new Map<string, ScopeKey[]>();
  for (const key of scope.keys) {
    const known = keys.get(key.targetId);
    if (known) known.push(key);
    else keys.set(key.targetId, [key]);
  }
  return keys;
}

/** Null: the whole container is in scope. Otherwise the principals of the pairs that name its target. */
function pairPrincipals(keys: readonly ScopeKey[], users: ReadonlyMap<string, UserFact>): string[] | null {
  const principals = new Set<string>();
  for (const key of keys) {
    if (key.globalUserId === undefined) return null;
    const principalId = users.get(key.globalUserId)?.identity?.principalId;
    if (principalId != null) principals.add(principalId);
  }
  return [...principals].sort(comparePlatformIds);
}

const wholePart: TargetPart = { part: 1, sourceIds: null, who: always, guardrails: [], causes: [] };

/** The parts of a target; where no guardrail bears on it, the one that is all of it. */
export const partsOf = (target: Target): readonly TargetPart[] => target.parts ?? [wholePart];

type LiveApproval = { readonly approval: Approval; readonly user: UserFact };
type JudgePeople = (who: Remainder | null, globalUserId: string) => boolean;

/** Whether somebody is among the people that a remainder means; all of them are found at once, when first asked. */
function judgeOfPeople(users: readonly UserFact[]): JudgePeople {
  let index: PersonIndex | undefined;
  return (who, globalUserId) => {
    if (who === null || who.kind === 'always') return who !== null;
    index ??= new PersonIndex(users.flatMap((user) => user.person ?? []));
    const place = index.placeOf(globalUserId);
    return place !== undefined && index.fulfilling(who).has(place);
  };
}

/** Who would have access by policy, were there a login to give it to. */
export function unreachedByPolicy(facts: AccessFacts): readonly string[] {
  const isAmong = judgeOfPeople(facts.users);
  const parts = facts.targets.filter((target) => target.kind === 'po').flatMap(partsOf);
  if (parts.length === 0) return [];
  return facts.users
    .filter((user) => user.status === 'active' && identityProblem(user.identity) !== null)
    .filter((user) => parts.some((part) => isAmong(part.who, user.globalUserId)))
    .map((user) => user.globalUserId);
}

type Prevention = {
  readonly approved: readonly LiveApproval[];
  readonly isAmong: JudgePeople;
  readonly prevented: Map<string, PreventedParts>;
};

function notePrevented(target: Target, { approved, isAmong, prevented }: Prevention): void {
  const parts = partsOf(target).filter((part) => part.who !== null);
  if (parts.every((part) => part.who?.kind === 'always')) return;
  for (const { approval } of approved) {
    const closed = parts.filter((part) => !isAmong(part.who, approval.globalUserId));
    if (closed.length === 0) continue;
    const failing = closed.flatMap((part) =>
      part.guardrails.filter((guardrail) => !isAmong(guardrail.who, approval.globalUserId)),
    );
    const guardrails = [...new Map(failing.map(({ policyId, name }) => [policyId, { policyId, name }])).values()];
    const isWhole = closed.length === parts.length;
    prevented.set(approval.requestId, { parts: closed.map(({ part }) => part), isWhole, guardrails });
  }
}

type ContainerParts = {
  readonly sources: ReadonlyMap<number, Source>;
  readonly onlyPrincipals: readonly string[] | null;
  readonly held: HeldSource[];
  readonly isAmong: JudgePeople;
  readonly approved: readonly LiveApproval[];
  readonly part: TargetPart;
};

function containerOf(facts: AccessFacts, target: Target, parts: ContainerParts): DesiredContainer {
  const { part, onlyPrincipals } = parts;
  const isGone = target.deleted || part.who === null;
  return {
    name: containerName(facts.namePrefix, target, part.part),
    targetId: target.targetId,
    part: part.part,
    platformId: target.platformIds?.[part.part] ?? null,
    label: cleanLabel(target.label),
    exists: !isGone,
    onDemand: target.kind === 'as',
    objects: isGone ? [] : objectsOf(target, parts),
    future: isGone || onlyPrincipals !== null || part.part !== 1 ? null : futureOf(target, parts),
    members: isGone
      ? []
      : membersOf(target.kind === 'po' ? givenByPolicy(facts, parts) : givenByApproval(parts), onlyPrincipals),
    isTooWide: target.tooWide?.includes(part.part) === true,
    onlyPrincipals,
  };
}

type Given = { readonly user: UserFact; readonly causes: readonly string[] };

/** Whom the approvals of a target open this part of it. */
const givenByApproval = ({ approved, isAmong, part }: ContainerParts): Given[] =>
  approved
    .filter(({ user }) => isAmong(part.who, user.globalUserId))
    .map(({ approval, user }) => ({ user, causes: [approval.requestId] }));

/** Whom policies give this. Nobody needs to be told where there is no login to give it to: it comes with the login. */
const givenByPolicy = ({ users }: AccessFacts, { isAmong, part }: ContainerParts): Given[] =>
  users
    .filter((user) => user.status === 'active' && identityProblem(user.identity) === null)
    .filter((user) => isAmong(part.who, user.globalUserId))
    .map((user) => ({ user, causes: part.causes }));

function objectsOf(target: Target, parts: ContainerParts): DesiredObject[] {
  const objects = new Map<string, DesiredObject>();
  const { sourceIds } = parts.part;
  for (const listed of target.sources) {
    if (sourceIds !== null && !sourceIds.has(listed.dataSourceId)) continue;
    const source = parts.sources.get(listed.dataSourceId);
    const problem = sourceProblem(source);
    if (source === undefined || problem !== null) {
      const reason = problem ?? 'source.unknown';
      parts.held.push({ targetId: target.targetId, dataSourceId: listed.dataSourceId, reason });
      continue;
    }
    const { dataSourceId } = source;
    const { platformId, schemaPlatformId, objectPath, objectType, ownerPlatformId } = exposed(source);
    const keepOnly = listed.outOfDomain && objects.get(platformId)?.keepOnly !== false;
    const object = { dataSourceId, platformId, schemaPlatformId, objectPath, objectType, ownerPlatformId, keepOnly };
    objects.set(platformId, object);
  }
  return [...objects.values()].sort((a, b) => comparePlatformIds(a.platformId, b.platformId));
}

/** What readers are given: the table itself, or the view that stands before it. */
export const exposed = (source: Source): Omit<DesiredObject, 'dataSourceId' | 'keepOnly'> =>
  source.protection?.view == null ? source : { ...source.protection.view, objectType: 'view' };

function futureOf({ parent, sources }: Target, parts: ContainerParts): DesiredFuture | null {
  if (parent === null) return null;
  const found = sources.flatMap(({ dataSourceId }) => {
    const source = parts.sources.get(dataSourceId);
    return source === undefined ? [] : [source.platformId, exposed(source).platformId];
  });
  const schemas = parent.schemas.toSorted((a, b) => comparePlatformIds(a.platformId, b.platformId));
  return { schemas, known: new Set([...found, ...parent.withheld]) };
}

function membersOf(given: readonly Given[], onlyPrincipals: readonly string[] | null): DesiredMember[] {
  const allowed = onlyPrincipals === null ? null : new Set(onlyPrincipals);
  const members = new Map<string, { member: DesiredMember; causes: string[] }>();
  for (const { user, causes: because } of given) {
    const principalId = user.identity?.principalId;
    if (principalId == null || user.identity === null || (allowed !== null && !allowed.has(principalId))) continue;
    const known = members.get(principalId);
    if (known) {
      known.causes.push(...because);
      continue;
    }
    const causes = [...because];
    const { externalName } = user.identity;
    members.set(principalId, {
      member: { globalUserId: user.globalUserId, principalId, externalName, causes },
      causes,
    });
  }
  for (const { causes } of members.values()) causes.sort(byText);
  return [...members.values()]
    .map(({ member }) => member)
    .sort((a, b) => comparePlatformIds(a.principalId, b.principalId));
}

function pushablePrincipals(users: readonly UserFact[]): Map<string, string> {
  const principals = new Map<string, string>();
  for (const user of users) {
    const principalId = user.identity?.principalId;
    if (user.status === 'deleted' || principalId == null || identityProblem(user.identity) !== null) continue;
    principals.set(principalId, user.globalUserId);
  }
  return principals;
}
