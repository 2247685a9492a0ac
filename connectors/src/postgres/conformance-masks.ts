import { afterAll, beforeAll, describe } from 'vitest';
import type { PlatformSession } from '../connector.ts';
import type { MaskUsed } from '../testing/masked-table.ts';
import type { World } from '../testing/world.ts';
import {
  describeMaskTypes,
  describeDomains,
  describeHostileTexts,
  describeCustomMasks,
} from './conformance-mask-types.ts';
import {
  describeExceptions,
  describeExceptedPeople,
  describeClosedDoors,
  describeMasksForSome,
} from './conformance-mask-exemptions.ts';
import { describeRowMatches, describeRowPredicates, describeRowBarrier } from './conformance-mask-rows.ts';
import { describeTampering, describeTableChanges, describeViewPlaces } from './conformance-mask-changes.ts';

/** What must hold on a real server wherever masks and row rules are views. The judge is the consumer's own login. */
export function describeMasks(title: string, makeWorld: () => Promise<World>): void {
  describe(title, () => {
    let world: World;
    let session: PlatformSession;
    beforeAll(async () => {
      world = await makeWorld();
      session = await world.connector.open(world.input);
      await session.setSalt(Buffer.alloc(32, 7));
    });
    afterAll(async () => {
      await session?.close();
      await world?.close();
    });
    const use = (): MaskUsed => ({ world, session });
    describeMaskTypes(use);
    describeDomains(use);
    describeHostileTexts(use);
    describeCustomMasks(use);
    describeExceptions(use);
    describeExceptedPeople(use);
    describeClosedDoors(use);
    describeMasksForSome(use);
    describeRowMatches(use);
    describeRowPredicates(use);
    describeRowBarrier(use);
    describeTampering(use);
    describeTableChanges(use);
    describeViewPlaces(use);
  });
}
