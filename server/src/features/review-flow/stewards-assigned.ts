import { newlyNamed } from '@stoa/core/review/newly-named';
import type { Emission } from '../../work/emission.ts';

type Flows = Parameters<typeof newlyNamed>[0];
type Change = {
  about: Pick<Emission, 'targetId' | 'domainId'>;
  before: Flows;
  after: Flows;
  data: Readonly<Record<string, unknown>>;
};

/** Tells the people whom flows name in person from now on; nobody when there are none. */
export function stewardsAssigned({ about, before, after, data }: Change): readonly Emission[] {
  const userIds = newlyNamed(before, after);
  return userIds.length === 0 ? [] : [{ ...about, type: 'stoa.steward.assigned', data: { ...data, userIds } }];
}
