import type { DesiredAccess } from '../access/model.ts';
import { isTaking } from './diff.ts';
import type { ObservedState } from './observed.ts';
import type { Blocked, Plan, Step } from './plan.ts';

/** Why something is not given: a check of the connection fails. */
export const checksFailed = 'connection.checks_failed';

/**
 * The plan without what gives, for a connection whose checks fail: access ends as ever, and whoever would get some is told to
 * wait. It is given by the plan of a later run, once the checks pass.
 */
export function withholdGiving(
  plan: Plan,
  { desired, observed }: { readonly desired: DesiredAccess; readonly observed: ObservedState },
): Plan {
  const containers = new Map(desired.containers.map((container) => [container.name, container]));
  const schemas = new Map(observed.objects.map((object) => [object.platformId, object.schemaId]));
  const blockedBy = (step: Step): Blocked[] => {
    const container = containers.get(step.container.name);
    if (container === undefined) return [];
    const blocked = { targetId: container.targetId, reason: checksFailed } as const;
    switch (step.kind) {
      case 'create-container':
        return [blocked];
      case 'add-members':
        return step.members.map(({ platformId }) => ({ ...blocked, principalId: platformId }));
      case 'grant-objects':
        return step.objects.map(({ platformId }) => ({ ...blocked, objectId: platformId }));
      case 'grant-schemas': {
        const closed = new Set(step.schemas.map(({ platformId }) => platformId));
        const within = container.objects.filter(({ platformId }) => closed.has(schemas.get(platformId) ?? ''));
        return within.map(({ platformId }) => ({ ...blocked, objectId: platformId }));
      }
      default:
        return [];
    }
  };
  const given = plan.steps.filter((step) => !isTaking(step));
  return {
    steps: plan.steps.filter(isTaking),
    blocked: [...plan.blocked, ...given.flatMap(blockedBy)],
    widen: plan.widen,
  };
}
