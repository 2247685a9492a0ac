import { foreignWords } from './findings.ts';

/** One entry of a platform's list of who may do what with an object: one privilege, as one role gave it. */
export type ExistingGrant = {
  readonly objectId: string;
  readonly objectPath: readonly string[];
  /** Of a privilege on one column: its name, and what it stays known by when that changes. */
  readonly column: string | null;
  readonly columnId: string | null;
  /** `0` and `PUBLIC` for everybody. */
  readonly granteeId: string;
  readonly granteeName: string;
  readonly privilege: string;
  readonly isGrantable: boolean;
  readonly grantorId: string;
  readonly grantorName: string;
  readonly isToOwner: boolean;
  readonly isToSuperuser: boolean;
  /** Our account, a container, or whoever owns our views has it. */
  readonly isOurs: boolean;
  /** Our account may take it back, in the name of whoever gave it. */
  readonly canActFor: boolean;
  /** All names that a statement about it holds may stand in one. */
  readonly isNameable: boolean;
};

/** `adopt` takes what its people have by Stoa as well; `take_over` takes whatever is not protected. */
export type TakeBackMode = 'adopt' | 'take_over';

/** Why a grant is left as it is. */
export type KeptReason =
  | 'superuser'
  | 'owner'
  | 'reads_all'
  | 'protected'
  | 'nobody_known'
  | 'odd_name'
  | 'public'
  | 'shared_role'
  | 'writes'
  | 'waits'
  | 'dependent';

/** Privileges that one role gave another one on one object or column: what one statement takes. */
export type GrantGroup = Pick<
  ExistingGrant,
  'objectId' | 'objectPath' | 'column' | 'columnId' | 'granteeId' | 'granteeName' | 'grantorId' | 'grantorName'
> & {
  readonly privileges: readonly string[];
  /** The words of the findings that it is told in: one for all that a grantee has on an object, one for each privilege on a column. */
  readonly findings: readonly string[];
  /** Platform ids of the mapped logins that it opens something to. */
  readonly people: readonly string[];
};

/** `runs`: by Stoa, or by an administrator: our account cannot act for the grantor, or what has to go first is an administrator's. */
export type TakenGroup = GrantGroup & {
  readonly runs: 'stoa' | 'administrator';
  readonly because?: 'grantor' | 'behind';
};
export type KeptGroup = GrantGroup & {
  readonly reason: KeptReason;
  /** Those of `people` who would lose it and have no other way by Stoa; of `waits`. */
  readonly waiting: readonly string[];
};

/** What a plan is made from: the entries as they are now, and who is behind the grantees. */
export type GrantFacts = {
  readonly grants: readonly ExistingGrant[];
  /** Principal id of each mapped login -> ids of every role it reaches, itself and `0` included. */
  readonly reach: ReadonlyMap<string, ReadonlySet<string>>;
  /** Role id -> names of the logins of nobody that reach it; null where not all of them were read. */
  readonly strangers: ReadonlyMap<string, readonly string[]> | null;
  /** Names of the mapped logins, by principal id. */
  readonly names: ReadonlyMap<string, string>;
  /** Names from which nothing is taken. */
  readonly protectedNames: ReadonlySet<string>;
  /** The login reads the object by a container of ours, and that is proved. */
  readonly keeps: (principalId: string, objectId: string) => boolean;
};

export type TakeBackQuestion = {
  readonly mode: TakeBackMode;
  /** `[]` is the whole database. */
  readonly path: readonly string[];
  /** `grantKey`s of the findings that are meant; null: all. */
  readonly named: ReadonlySet<string> | null;
};

export type TakeBackPlan = {
  /** In the order in which they have to go: what hangs from another grant before it. */
  readonly taken: readonly TakenGroup[];
  readonly kept: readonly KeptGroup[];
};

/** What a finding of a bypass is about, and what a grant is found under. */
export const grantKey = (objectId: string, granteeId: string, words: string): string =>
  JSON.stringify([objectId, granteeId, words]);

type Place = Pick<GrantGroup, 'column' | 'privileges'>;

/** `whole`: what the grantee has on the object itself, of whatever grantor. */
function findingWords({ column, privileges }: Place, whole: readonly ExistingGrant[]): string[] {
  if (column === null) return [[...new Set(whole.map((one) => one.privilege))].toSorted().join(', ')];
  return privileges.map((one) => foreignWords({ ...wordless, route: 'column', privilege: `${one} (${column})` }));
}

const wordless = { objectId: '', objectPath: [], granteeId: '', granteeName: '', grantors: [] };

/** Of the findings that a group is told in: those of which no entry is left, of whatever grantor. */
export function settledFindings(group: GrantGroup, left: readonly ExistingGrant[]): readonly string[] {
  const same = left.filter(
    (one) => one.objectId === group.objectId && one.granteeId === group.granteeId && one.columnId === group.columnId,
  );
  if (group.column === null) return same.length === 0 ? group.findings : [];
  return group.findings.filter((_, at) => !same.some((one) => one.privilege === group.privileges[at]));
}

type Node = GrantGroup & { readonly entries: readonly ExistingGrant[]; readonly isCandidate: boolean };

/**
 * Which of the grants that Stoa did not make are taken back, in which order and by whom, and which stay and why. Nothing is taken that
 * is not asked for but the same grantor's privileges on single columns, which go with those on the whole.
 */
export function planTakeBack(facts: GrantFacts, question: TakeBackQuestion): TakeBackPlan {
  const nodes = nodesOf(facts, question);
  const reachedBy = reachers(facts.reach);
  const reasons = new Map<Node, KeptReason>();
  const judged = nodes.filter((node) => node.isCandidate);
  const peopleOf = (node: Node): readonly string[] => reachedBy.get(node.granteeId) ?? [];
  const byGrantee = grouped(nodes, ({ objectId, granteeId }) => JSON.stringify([objectId, granteeId]));
  for (const same of byGrantee.values())
    for (const node of same.filter(({ isCandidate }) => isCandidate)) {
      const reason = reasonToKeep(facts, question, { node, same, people: peopleOf(node) });
      if (reason !== null) reasons.set(node, reason);
    }
  const before = dependencies(nodes);
  const isTaken = (node: Node): boolean => node.isCandidate && !reasons.has(node);
  for (let moved = true; moved; ) {
    moved = false;
    for (const node of judged) {
      if (!isTaken(node) || (before.get(node) ?? []).every(isTaken)) continue;
      reasons.set(node, 'dependent');
      moved = true;
    }
  }
  const ordered = inOrder(judged.filter(isTaken), before);
  return {
    taken: runners(ordered, before).map(([node, runs]) => ({ ...groupOf(node, peopleOf(node)), ...runs })),
    kept: judged.flatMap((node) => {
      const reason = reasons.get(node);
      if (reason === undefined) return [];
      const people = peopleOf(node);
      const waiting = reason === 'waits' ? people.filter((id) => !facts.keeps(id, node.objectId)) : [];
      return [{ ...groupOf(node, people), reason, waiting }];
    }),
  };
}

function groupOf(node: Node, people: readonly string[]): GrantGroup {
  const { entries: _, isCandidate: __, ...group } = node;
  return { ...group, people };
}

function reachers(reach: GrantFacts['reach']): ReadonlyMap<string, string[]> {
  const reachedBy = new Map<string, string[]>();
  for (const [principalId, roles] of reach)
    for (const role of roles) {
      const known = reachedBy.get(role);
      if (known) known.push(principalId);
      else reachedBy.set(role, [principalId]);
    }
  return reachedBy;
}

function grouped<T>(list: readonly T[], key: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const known = groups.get(key(one));
    if (known) known.push(one);
    else groups.set(key(one), [one]);
  }
  return groups;
}

const isBelow = (path: readonly string[], top: readonly string[]): boolean =>
  top.every((name, at) => path[at] === name);

/** Each group once, by the path of its object; candidates are those that are asked about and not our own or the owner's. */
function nodesOf({ grants }: GrantFacts, { path, named }: TakeBackQuestion): Node[] {
  const wholes = grouped(
    grants.filter(({ column }) => column === null),
    ({ objectId, granteeId }) => JSON.stringify([objectId, granteeId]),
  );
  const groups = [...grouped(grants, (one) => JSON.stringify(placeOf(one))).values()];
  return groups
    .flatMap((entries): Node[] => {
      const [first] = entries;
      if (first === undefined) return [];
      const privileges = [...new Set(entries.map((one) => one.privilege))].toSorted();
      const { objectId, objectPath, column, columnId, granteeId, granteeName, grantorId, grantorName } = first;
      const whole = wholes.get(JSON.stringify([objectId, granteeId])) ?? [];
      const findings = findingWords({ column, privileges }, whole);
      const whose = { objectId, objectPath, column, columnId, granteeId, granteeName, grantorId, grantorName };
      const group: GrantGroup = { ...whose, privileges, findings, people: [] };
      const isAsked = named === null || isNamed(group, { whole, named });
      const isCandidate = isAsked && !first.isOurs && !first.isToOwner && isBelow(objectPath, path);
      return [{ ...group, entries, isCandidate }];
    })
    .toSorted((a, b) => compareTexts(sortKey(a), sortKey(b)));
}

const placeOf = ({ objectId, column, granteeId, grantorId }: ExistingGrant) => [objectId, column, granteeId, grantorId];
const sortKey = ({ objectPath, granteeName, column, grantorName, objectId }: Node): string =>
  JSON.stringify([objectPath, objectId, granteeName, column ?? '', grantorName]);
const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

type Naming = { readonly whole: readonly ExistingGrant[]; readonly named: ReadonlySet<string> };

function isNamed(group: GrantGroup, { whole, named }: Naming): boolean {
  const isMeant = (words: string): boolean => named.has(grantKey(group.objectId, group.granteeId, words));
  if (group.findings.some(isMeant)) return true;
  // What is taken on the whole takes the same grantor's privileges on single columns with it.
  const takesAlong = whole.some((one) => one.grantorId === group.grantorId && group.privileges.includes(one.privilege));
  return takesAlong && findingWords({ column: null, privileges: [] }, whole).some(isMeant);
}

/** `same`: all that its grantee has on the object. */
type Judged = { readonly node: Node; readonly same: readonly Node[]; readonly people: readonly string[] };

function reasonToKeep(
  facts: GrantFacts,
  { mode, named }: TakeBackQuestion,
  { node, same, people }: Judged,
): KeptReason | null {
  const { granteeId, granteeName, objectId, entries } = node;
  const strangers = facts.strangers === null ? null : (facts.strangers.get(granteeId) ?? []);
  if (entries.some((one) => one.isToSuperuser)) return 'superuser';
  const isMeant = mode === 'take_over' && named !== null;
  if (granteeId === '0' && !isMeant) return 'public';
  const behind = [granteeName, ...(strangers ?? []), ...people.map((id) => facts.names.get(id) ?? '')];
  if (behind.some((name) => facts.protectedNames.has(name))) return 'protected';
  if (people.length === 0) return 'nobody_known';
  if (entries.some((one) => !one.isNameable)) return 'odd_name';
  if (granteeId !== '0' && strangers?.length !== 0 && !isMeant) return 'shared_role';
  if (mode === 'take_over') return null;
  if (same.some((one) => one.privileges.some((privilege) => privilege !== 'SELECT'))) return 'writes';
  return people.every((id) => facts.keeps(id, objectId)) ? null : 'waits';
}

/**
 * What has to be gone before each: what its grantee gave on, since a platform takes nothing back that others hang from; and the same
 * grantor's privileges on single columns, which a statement about the whole takes along.
 */
function dependencies(nodes: readonly Node[]): ReadonlyMap<Node, readonly Node[]> {
  const before = new Map<Node, readonly Node[]>();
  for (const same of grouped(nodes, ({ objectId }) => objectId).values())
    for (const node of same) {
      const handedOn = new Set(node.entries.flatMap((one) => (one.isGrantable ? [one.privilege] : [])));
      const shares = ({ privileges }: Node, of: { has: (one: string) => boolean }) =>
        privileges.some((one) => of.has(one));
      const isAlong = (one: Node): boolean =>
        node.column === null &&
        one.column !== null &&
        one.granteeId === node.granteeId &&
        one.grantorId === node.grantorId &&
        shares(one, new Set(node.privileges));
      const hangs = (one: Node): boolean => one.grantorId === node.granteeId && shares(one, handedOn);
      before.set(
        node,
        same.filter((one) => one !== node && (hangs(one) || isAlong(one))),
      );
    }
  return before;
}

function inOrder(nodes: readonly Node[], before: ReadonlyMap<Node, readonly Node[]>): Node[] {
  const seen = new Set<Node>();
  const ordered: Node[] = [];
  const add = (node: Node): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const one of before.get(node) ?? []) add(one);
    ordered.push(node);
  };
  for (const node of nodes) add(node);
  return ordered;
}

type Runner = Pick<TakenGroup, 'runs' | 'because'>;

function runners(ordered: readonly Node[], before: ReadonlyMap<Node, readonly Node[]>): [Node, Runner][] {
  const byHand = new Set<Node>();
  return ordered.map((node): [Node, Runner] => {
    const cannot = node.entries.some((one) => !one.canActFor);
    const isBehind = (before.get(node) ?? []).some((one) => byHand.has(one));
    if (!cannot && !isBehind) return [node, { runs: 'stoa' }];
    byHand.add(node);
    return [node, { runs: 'administrator', because: cannot ? 'grantor' : 'behind' }];
  });
}
