import type { Plan, Step } from './plan.ts';

/**
 * One text for one effect: equal for plans that do the same to the same ids under the same names, whatever the order of
 * the facts they came from. The server hashes it; a plan that a person saw is executed only while this is unchanged.
 */
export function canonical(plan: Plan): string {
  return JSON.stringify(plan.steps.map(canonicalStep));
}

function canonicalStep(step: Step): readonly unknown[] {
  const head = [step.kind, step.container.name, step.container.platformId];
  switch (step.kind) {
    case 'end-members':
    case 'add-members':
      return [...head, step.members.map((m) => [m.platformId, m.name])];
    case 'grant-objects':
    case 'revoke-objects':
      return [
        ...head,
        step.objects.map((o) => [o.platformId, o.objectPath, o.objectType, o.ownerId, o.grantor?.platformId]),
      ];
    case 'grant-schemas':
    case 'revoke-schemas':
      return [...head, step.schemas.map((s) => [s.platformId, s.objectPath, s.grantor?.platformId])];
    case 'grant-defaults':
    case 'revoke-defaults':
      return [...head, step.defaults.map((d) => [d.roleId, d.roleName, d.schemaId, d.schemaPath])];
    case 'create-container':
    case 'label-container':
      return [...head, step.label];
    case 'drop-container':
    case 'rename-container':
      return head;
  }
}
