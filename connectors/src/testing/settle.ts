import { compileAccess } from '@stoa/core/access/compile';
import type {
  AccessFacts,
  Approval,
  DesiredAccess,
  ParentSchema,
  Scope,
  Source,
  Target,
} from '@stoa/core/access/model';
import { diff } from '@stoa/core/provisioning/diff';
import type { ObservedState } from '@stoa/core/provisioning/observed';
import { observeScope } from '@stoa/core/provisioning/observed';
import type { Plan } from '@stoa/core/provisioning/plan';
import type { Proof } from '@stoa/core/provisioning/proof';
import type { Fence, PlatformSession, Statement, StepResult } from '../connector.ts';
import type { JudgedState } from './judge.ts';
import { judge, questionsFor } from './judge.ts';
import type { Scene, World } from './world.ts';

/** A fence that always holds. */
export const open: Fence = { holds: () => Promise.resolve(true) };

export function factsOf(world: World, scene: Scene, scope: Scope = { kind: 'all' }): AccessFacts {
  const { installationId, connectionId, namePrefix } = world.input;
  const { now, targets, sources, approvals, users, strictMembers, protectedPrincipals } = scene;
  return {
    now,
    scope,
    installationId,
    connectionId,
    namePrefix,
    targets,
    sources,
    approvals,
    users,
    settings: { strictMembers, protectedPrincipals },
  };
}

export type Settled = {
  readonly desired: DesiredAccess;
  readonly before: ObservedState;
  readonly after: ObservedState;
  readonly plan: Plan;
  readonly statements: readonly Statement[];
  readonly results: readonly StepResult[];
  readonly second: Plan;
  readonly states: readonly JudgedState[];
  readonly proofs: readonly Proof[];
};

/** One run of the road from facts to proof: compile, observe, diff, apply, observe again, diff again, probe. */
export async function settle(session: PlatformSession, facts: AccessFacts, fence: Fence = open): Promise<Settled> {
  const desired = compileAccess(facts);
  const scope = observeScope(desired);
  const before = await session.observe(scope);
  const plan = diff(desired, before);
  const statements = session.statements(plan, before);
  const results = await session.apply(statements, fence);
  const after = await session.observe(scope);
  const second = diff(desired, after);
  const proofs = await session.probe(questionsFor(facts, desired, after));
  const states = judge(facts, desired, { containers: after.containers, plan: second, results, proofs });
  return { desired, before, after, plan, statements, results, second, states, proofs };
}

let containerNumber = 0;

/** A product over some sources. Numbers are never used twice in one process. */
export function productOf(targetId: string, sources: readonly Source[]): Target {
  containerNumber += 1;
  return {
    targetId,
    kind: 'dp',
    containerNumber,
    label: `Product ${targetId}`,
    suspended: false,
    deleted: false,
    sources: sources.map(({ dataSourceId }) => ({ dataSourceId, outOfDomain: false })),
    parent: null,
  };
}

/** An asset of schemas, with what a crawl found in them. */
export function assetOf(targetId: string, schemas: readonly ParentSchema[], sources: readonly Source[]): Target {
  return { ...productOf(targetId, sources), kind: 'as', label: `Asset ${targetId}`, parent: { schemas, withheld: [] } };
}

/** Makes the login and its user in the scene. */
export async function addUser(world: World, scene: Scene, globalUserId: string, loginName?: string): Promise<string> {
  const name = loginName ?? world.unique(globalUserId);
  const principalId = await world.makeLogin(name);
  scene.users.push({ globalUserId, status: 'active', identity: { externalName: name, principalId, state: 'mapped' } });
  return name;
}

export function approve(scene: Scene, targetId: string, globalUserId: string): Approval {
  const approval: Approval = {
    requestId: `r${scene.approvals.length + 1}`,
    targetId,
    globalUserId,
    notAfter: null,
    ended: false,
    awaitingAcceptance: false,
  };
  scene.approvals.push(approval);
  return approval;
}

/** Replaces one row of a list of the scene. */
export function change<T extends object>(list: T[], row: T, more: Partial<T>): T {
  const changed = { ...row, ...more };
  list[list.indexOf(row)] = changed;
  return changed;
}
