import { hasInAllDomains, hasPermission, type Person } from '../person.ts';
import type { ReviewerSource } from './flow.ts';

/**
 * True when the person is one of the people behind the source. A disabled login never is. `targetDomainIds` serve a
 * domain permission without a domain of its own: it must be held in all of them, as managing asks for all of them too.
 */
export const matchesSource = (person: Person, source: ReviewerSource, targetDomainIds: readonly string[]): boolean => {
  if (person.status !== 'active') return false;
  switch (source.type) {
    case 'USER':
      return source.id === person.globalUserId || source.id === String(person.userId);
    case 'GROUP':
      // Names change and are given again; the id, where there is one, decides alone.
      return person.groups.some((g) => (source.id === undefined ? g.name === source.name : g.id === source.id));
    case 'PERMISSION':
      return hasPermission(person, source.permission);
    case 'DOMAIN PERMISSION':
      return hasInAllDomains(
        person,
        source.permission,
        source.domainId === undefined ? targetDomainIds : [source.domainId],
      );
    case 'ATTRIBUTE':
      return person.attributes.some((a) => a.name === source.key && a.value === source.value);
    case 'CATALOG PERMISSION':
      return false;
  }
};

/** The sources, of those given, that the person fills. */
export const sourcesMet = (
  person: Person,
  sources: readonly ReviewerSource[],
  targetDomainIds: readonly string[],
): readonly ReviewerSource[] => sources.filter((source) => matchesSource(person, source, targetDomainIds));

/** How a source reads in a sentence; `domainName` puts a name to a domain's id. */
export const sourceWords = (source: ReviewerSource, domainName: (id: string) => string): string => {
  switch (source.type) {
    case 'USER':
      return source.displayName ?? `user ${source.id}`;
    case 'GROUP':
      return `group ${source.name}`;
    case 'PERMISSION':
      return `permission ${source.permission}`;
    case 'DOMAIN PERMISSION':
      return source.domainId === undefined
        ? `${source.permission} in the target's domains`
        : `${source.permission} in ${domainName(source.domainId)}`;
    case 'ATTRIBUTE':
      return `attribute ${source.key} = ${source.value}`;
    case 'CATALOG PERMISSION':
      return 'catalog permission';
  }
};
