import type { NodeRole } from '@stoa/contract/enums';
import { hasPermission } from '../person.ts';
import { type Answer, hidden, no, yes } from './answer.ts';
import type { Rules } from './may.ts';
import type { Actor, DataObjectObject } from './objects.ts';
import { byAnyOf, byGlobal, touches } from './rules-administration.ts';
import { isDataOwner } from './standing.ts';

const byRole = (role: NodeRole): Answer => yes(`You are ${role} of it.`);

/** Whoever holds a role reads its node, what is below it, and the way to it from the top. */
const readNode = (actor: Actor, { callerRoles, isAboveOwn }: Omit<DataObjectObject, 'kind'>): Answer => {
  const global = byAnyOf(actor, ['APPLICATION_ADMIN', 'GOVERNANCE', 'AUDIT']);
  if (global.allowed) return global;
  const [role] = callerRoles;
  if (role !== undefined) return byRole(role);
  return isAboveOwn ? yes('You hold a role on something below it.') : hidden();
};

const ownRoles = no('Nobody gives themself a role, or takes one from themself.');

const assign = (actor: Actor, role: NodeRole): Answer =>
  role === 'Data Owner' ? byAnyOf(actor, ['GOVERNANCE', 'APPLICATION_ADMIN']) : byGlobal(actor, 'APPLICATION_ADMIN');

/**
 * The tree of a platform and the roles on its nodes (governance.md 2): an Infrastructure Admin looks after state and sync of
 * a subtree, a Data Owner answers for its data. Application admins name both, governors name owners.
 */
export const dataObjectRules: Rules<
  | 'data-object.read'
  | 'data-object.manage'
  | 'data-object.release'
  | 'data-object-role.read'
  | 'data-object-role.assign'
> = {
  'data-object.read': (actor, node) => {
    if (node.kind === 'data-object') return readNode(actor, node);
    const holds = node.kind === 'somewhere' && node.callerRoles.length > 0;
    return holds
      ? yes('You hold a role on part of a platform.')
      : byAnyOf(actor, ['APPLICATION_ADMIN', 'GOVERNANCE', 'AUDIT']);
  },
  'data-object.manage': (actor, node) => {
    const admin = byGlobal(actor, 'APPLICATION_ADMIN');
    if (admin.allowed || node.kind === 'none' || !node.callerRoles.includes('Infrastructure Admin')) return admin;
    return node.kind === 'somewhere'
      ? yes('You are Infrastructure Admin of part of a platform.')
      : byRole('Infrastructure Admin');
  },
  // Whoever runs the platform may have put the other object there: whether it is the same data is for its owner to say.
  'data-object.release': (actor, node) => {
    const global = byAnyOf(actor, ['GOVERNANCE', 'APPLICATION_ADMIN']);
    if (global.allowed || node.kind === 'none' || !isDataOwner(node.callerRoles)) return global;
    return node.kind === 'somewhere' ? yes('You own data sources.') : byRole('Data Owner');
  },
  'data-object-role.read': (actor, node) => {
    if (node.kind === 'none') return yes('Each object is asked about by itself.');
    const answer = readNode(actor, node);
    if (answer.allowed || hasPermission(actor, 'USER_ADMIN')) return yes('You look after people or platforms.');
    return node.isSourceReadable ? yes('You see its data source.') : answer;
  },
  'data-object-role.assign': (actor, edit) => {
    if (edit.kind === 'none') return assign(actor, 'Data Owner');
    const refused = edit.changed.map((role) => assign(actor, role)).find((answer) => !answer.allowed);
    if (refused !== undefined) return refused;
    return touches(actor, edit.affected) ? ownRoles : assign(actor, edit.changed[0] ?? 'Data Owner');
  },
};
