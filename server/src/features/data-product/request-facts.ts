import type { RequestFacts } from '@stoa/core/review/request-facts';
import type { LoadedPerson } from '../user/load-people.ts';

/** What a review flow could ask about a person who asks for themself and has answered nothing yet. */
export function unansweredFacts(person: LoadedPerson): RequestFacts {
  const attributes: Record<string, string[]> = {};
  for (const { name, value } of person.attributes) attributes[name] = [...(attributes[name] ?? []), value];
  return {
    requestType: 'DATA_ACCESS',
    answers: {},
    duration: Number.POSITIVE_INFINITY,
    userGroups: person.groups.map((group) => group.name),
    userAttributes: attributes,
    targetTags: [],
    columnTags: [],
    columnCount: 0,
    onBehalf: false,
    risk: 'INDETERMINATE',
  };
}
