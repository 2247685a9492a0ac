import { afterAll, beforeAll } from 'vitest';

/**
 * The servers of a file look at their platforms when the file says so and not by themselves, every half minute, as well: a look
 * between what a test does past Stoa and what it expects of it would have mended or told it already, and one that is under way
 * when the test sweeps takes the sweep upon itself, though it may have seen the platform before.
 */
export function sweepByHand(): void {
  beforeAll(() => {
    process.env['STOA_WITHOUT'] = 'own-sweeps';
  });
  afterAll(() => {
    delete process.env['STOA_WITHOUT'];
  });
}
