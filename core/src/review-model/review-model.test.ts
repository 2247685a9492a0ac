import { expect, test } from 'vitest';
import { play, shrink, type Tally } from './play.fixture.ts';
import { sequenceOf } from './world.fixture.ts';

/**
 * Random sequences of submit, decide, cancel, revoke, re-route, join, leave, re-version and time, played on core and on a
 * slow reference. 5,000 per change; STOA_NIGHTLY=all plays 100,000. STOA_REVIEW_SEED=<seed> plays one sequence again.
 */
const isNightly = process.env['STOA_NIGHTLY'] === 'all';
const replayed = process.env['STOA_REVIEW_SEED'];
const count = replayed !== undefined ? 1 : isNightly ? 100_000 : 5_000;
const first = replayed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(replayed);

/** What a comparison of 5,000 sequences must have met to have compared anything; the rare ones count at night only. */
const atLeast: Readonly<Record<string, number>> = {
  'submit PENDING': 4_000,
  'submit APPROVED': 600,
  'submit DENIED': 300,
  'submit access_request.duplicate': 400,
  'submit data_product.suspended': 200,
  'decide PENDING': 1_000,
  'decide APPROVED': 600,
  'decide DENIED': 300,
  'decide approval_record.four_eyes': 200,
  'decide approval_record.already_decided': 150,
  'decide approval_record.blocked': 150,
  'decide approval_record.duration_invalid': 80,
  'decide approval_record.distinct_reviewers': 0.5,
  'decide resource.not_found': 500,
  'cancel CANCELED': 80,
  'revoke REVOKED': 150,
  'reroute PENDING': 120,
  'reroute access_request.nobody_to_decide': 30,
  'reroute access_request.nothing_to_decide': 0.5,
  'reroute approval_record.four_eyes': 60,
  'reviewable false': 600,
  'reviewable true': 3_000,
};

function report(seed: number): string {
  const { sequence, found } = shrink(sequenceOf(seed), seed);
  const steps = sequence.steps.map((step, at) => `  ${at}: ${JSON.stringify(step)}`).join('\n');
  return `seed ${seed} (play it again with STOA_REVIEW_SEED=${seed})\nstart ${JSON.stringify(sequence.start)}\n${steps}\ndisagree ${JSON.stringify(found, null, 1)}`;
}

test(`core and a slow reference agree on ${count} random sequences from seed ${first}`, { timeout: 1_800_000 }, () => {
  const tally: Tally = new Map();
  for (let seed = first; seed < first + count; seed++) {
    const found = play(sequenceOf(seed), seed, tally);
    if (found !== null) expect.fail(report(seed));
  }
  if (replayed !== undefined) return;
  const share = count / 5_000;
  const met = Object.fromEntries([...tally].toSorted(([a], [b]) => a.localeCompare(b)));
  const rare = Object.entries(atLeast).filter(([what, least]) => (tally.get(what) ?? 0) < Math.floor(least * share));
  expect(rare, `met: ${JSON.stringify(met, null, 1)}`).toEqual([]);
});
