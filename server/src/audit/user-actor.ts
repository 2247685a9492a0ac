import type { LoadedPerson } from '../features/user/load-people.ts';
import type { AuditActor } from './append.ts';

export const userActor = (person: Pick<LoadedPerson, 'globalUserId' | 'name' | 'iamId'>): AuditActor => ({
  type: 'USER_ACTOR',
  id: person.globalUserId,
  name: person.name,
  identityProvider: person.iamId,
});
