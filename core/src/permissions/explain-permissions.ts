import type { ExplainedAction } from '@stoa/contract/effective-permission';
import type { Answer } from './answer.ts';
import { may } from './may.ts';
import { type Actor, type DomainRef, nothing } from './objects.ts';

/**
 * The answer of the permission check to each question, about one domain or, without one, about anything at all. Nothing is
 * decided here: whoever asks gets what the operation itself would be told.
 */
export const explainPermissions = (
  actor: Actor,
  domain: DomainRef | null,
): Readonly<Record<ExplainedAction, Answer>> => {
  const domains = domain === null ? [] : [domain];
  const someone = { globalUserId: '', personId: '' };
  return {
    'connection.manage': may(actor, 'connection.manage', nothing),
    'data-object.manage': may(actor, 'data-object.manage', nothing),
    'user.manage': may(actor, 'user.manage', nothing),
    'settings.manage': may(actor, 'settings.manage', nothing),
    'audit.read': may(actor, 'audit.read', domain === null ? nothing : { kind: 'audit', domainIds: [domain.id] }),
    'domain.manage': may(actor, 'domain.manage', domain === null ? nothing : { kind: 'domain', ...domain }),
    'domain.grant': may(actor, 'domain.grant', {
      kind: 'domain-grant',
      ...(domain ?? { id: '', name: '' }),
      affected: [someone],
    }),
    'data-product.create': may(
      actor,
      'data-product.create',
      domain === null ? nothing : { kind: 'publishing', domains },
    ),
    'policy.author': may(
      actor,
      'policy.author',
      domain === null
        ? nothing
        : { kind: 'policy', scope: 'domain', domains, callerOwns: false, protected: false, hasCustomSql: false },
    ),
    'tag.manage': may(actor, 'tag.manage', nothing),
    'tag.apply': may(
      actor,
      'tag.apply',
      domain === null ? nothing : { kind: 'tag-target', domains, callerRoles: [], isAbove: false },
    ),
    'identifier.manage': may(
      actor,
      'identifier.manage',
      domain === null ? nothing : { kind: 'identifier', domain, isBuiltIn: false },
    ),
    'identification.run': may(
      actor,
      'identification.run',
      domain === null ? nothing : { kind: 'identification', scope: 'domain', domains },
    ),
  };
};
