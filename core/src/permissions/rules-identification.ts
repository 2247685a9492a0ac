import { hasInSomeDomain, hasPermission } from '../person.ts';
import { type Answer, hidden, needsGlobal, needsInDomains, no, permissionWords, yes } from './answer.ts';
import type { Rules } from './may.ts';
import type { Actor, DomainRef } from './objects.ts';
import { isGovernor } from './standing.ts';

const everywhere = ['GOVERNANCE', 'AUDIT', 'APPLICATION_ADMIN'] as const;
const readers = ['Manage Identifiers', 'Manage Tags', 'Manage Policies', 'Audit Activity'] as const;

const reads = (actor: Actor, domains: readonly DomainRef[] | 'some'): boolean =>
  readers.some((permission) =>
    domains === 'some'
      ? actor.domainPermissions.some((d) => d.permission === permission)
      : hasInSomeDomain(
          actor,
          permission,
          domains.map((d) => d.id),
        ),
  );

const byGlobals = (actor: Actor): Answer | null => {
  const held = everywhere.find((permission) => hasPermission(actor, permission));
  return held === undefined ? null : yes(`You hold ${permissionWords(held)}.`);
};

/** Identifiers, and runs of them. What a run found tells what a table holds, so it is not for everybody. */
export const identificationRules: Rules<
  'identifier.read' | 'identifier.manage' | 'identification.read' | 'identification.run'
> = {
  'identifier.read': (actor) =>
    byGlobals(actor) ??
    (reads(actor, 'some') ? yes('You look after data in a domain.') : needsInDomains('Manage Identifiers', [])),
  'identifier.manage': (actor, identifier) => {
    if (identifier.kind === 'identifier' && identifier.isBuiltIn) {
      return no('A built-in identifier stays as it is; a domain can leave it out or replace its tags.');
    }
    if (isGovernor(actor)) return yes('You hold Governance.');
    if (identifier.kind === 'none') {
      const somewhere = actor.domainPermissions.some((d) => d.permission === 'Manage Identifiers');
      return somewhere ? yes('You manage identifiers in a domain.') : needsInDomains('Manage Identifiers', []);
    }
    const { domain } = identifier;
    if (domain === null) return needsGlobal('GOVERNANCE');
    const held = hasInSomeDomain(actor, 'Manage Identifiers', [domain.id]);
    return held ? yes('You manage identifiers in its domain.') : needsInDomains('Manage Identifiers', [domain]);
  },
  'identification.read': (actor, run) => {
    const global = byGlobals(actor);
    if (global !== null) return global;
    if (run.kind === 'none')
      return reads(actor, 'some') ? yes('You look after data in a domain.') : needsInDomains('Manage Identifiers', []);
    return reads(actor, run.domains) ? yes('You look after data in its domain.') : hidden();
  },
  'identification.run': (actor, run) => {
    if (isGovernor(actor)) return yes('You hold Governance.');
    if (run.kind === 'none') {
      const somewhere = actor.domainPermissions.some((d) => d.permission === 'Manage Identifiers');
      return somewhere ? yes('You manage identifiers in a domain.') : needsInDomains('Manage Identifiers', []);
    }
    // A connection holds what lies in no domain, or in domains of others.
    if (run.scope === 'connection' || run.domains.length === 0) return needsGlobal('GOVERNANCE');
    const held = hasInSomeDomain(
      actor,
      'Manage Identifiers',
      run.domains.map((d) => d.id),
    );
    return held
      ? yes('You manage identifiers in its domain.')
      : needsInDomains('Manage Identifiers', run.domains, 'any');
  },
};
