import { Driver } from './driver.fixture.ts';
import { People } from './people.fixture.ts';
import { Reference, type RequestView } from './reference.fixture.ts';
import { type Dice, diceOf, logins, type Sequence, startAt, type Step } from './world.fixture.ts';

export type Disagreement = {
  readonly at: number;
  readonly step: Step;
  readonly core: unknown;
  readonly reference: unknown;
};
/** How often each outcome was met, so that a comparison which never gets anywhere is seen. */
export type Tally = Map<string, number>;

const minute = 60_000;

/** The step with the places that it names in bounds; null when there is nothing that it could be about. */
function placed(step: Step, reference: Reference, now: number, dice: Dice): Step | null {
  if (!('request' in step)) return step;
  const count = reference.requests.length;
  if (count === 0) return null;
  const request = step.request % count;
  if (step.kind !== 'decide' || !step.isLikely) return { ...step, request };
  const pending = reference.requests.flatMap((_, at) => (reference.statusOf(at, now) === 'PENDING' ? [at] : []));
  const at = pending[step.request % Math.max(1, pending.length)];
  if (at === undefined) return null;
  const likely = logins.filter((login) => reference.mayDecide(reference.people.of(login), at, now));
  const by = likely[dice.below(likely.length)];
  return by === undefined ? null : { ...step, request: at, by };
}

const same = (a: RequestView, b: RequestView): boolean =>
  a.status === b.status &&
  a.expiration === b.expiration &&
  a.records.length === b.records.length &&
  a.records.every(({ status, by }, at) => status === b.records[at]?.status && by === b.records[at].by);

/** The requests to look at after a step: the one it was about and one more; all of them where it may concern all. */
function looked(step: Step, count: number, dice: Dice): readonly number[] {
  if (count === 0) return [];
  const touched = step.kind === 'submit' ? count - 1 : 'request' in step ? step.request : null;
  if (touched === null) return Array.from({ length: count }, (_, at) => at);
  return [touched, dice.below(count)];
}

/** Both sides of a comparison. */
type Sides = { readonly reference: Reference; readonly driver: Driver };
type Difference = { readonly core: unknown; readonly reference: unknown };

function compareRequest({ reference, driver }: Sides, at: number, now: number): Difference | null {
  const [shown, view] = [driver.view(at), reference.view(at, now)];
  if (!same(shown, view)) return { core: shown, reference: view };
  const recomputed = driver.recomputed(at, now);
  return recomputed.status === view.status && recomputed.expiration === view.expiration
    ? null
    : { core: { recomputed }, reference: view };
}

function compareRights({ reference, driver }: Sides, at: number, now: number, dice: Dice): Difference | null {
  const login = dice.below(logins.length);
  const [got, want] = [driver.mayDecide(login, at), reference.mayDecide(reference.people.of(login), at, now)];
  return got === want ? null : { core: { login, at, mayDecide: got }, reference: { mayDecide: want } };
}

type Look = { readonly place: number; readonly now: number; readonly dice: Dice; readonly tally: Tally };

/** Whether anybody is left to decide: asked now and then, since it asks about everybody. */
function compareStaff({ reference, driver }: Sides, { place, now, dice, tally }: Look): Difference | null {
  if (!dice.hits(40) || reference.statusOf(place, now) !== 'PENDING') return null;
  const want = reference.isReviewable(place);
  count(tally, `reviewable ${want}`);
  return driver.isReviewable(place) === want
    ? null
    : { core: { place, isReviewable: !want }, reference: { isReviewable: want } };
}

/** Plays a sequence on both; the first step after which they disagree, or null. */
export function play({ start, steps }: Sequence, seed: number, tally: Tally): Disagreement | null {
  const people = new People(start);
  const sides = { reference: new Reference(start, people), driver: new Driver(start, people) };
  const { reference, driver } = sides;
  const dice = diceOf(seed ^ 0x5bd1e995);
  let now = startAt;
  for (const [at, planned] of steps.entries()) {
    now += planned.kind === 'wait' ? planned.hours * 60 * minute : minute;
    const step = placed(planned, reference, now, dice);
    if (step === null) continue;
    people.take(step, now);
    const [want, got] = [reference.act(step, now), driver.act(step, now)];
    if (want !== got) return { at, step, core: got, reference: want };
    if (want !== null) count(tally, `${step.kind} ${want}`);
    for (const place of looked(step, reference.requests.length, dice)) {
      const difference = compareRequest(sides, place, now);
      if (difference !== null) return { at, step, ...difference };
    }
    if (reference.requests.length === 0) continue;
    const place = 'request' in step ? step.request : dice.below(reference.requests.length);
    const difference = compareRights(sides, place, now, dice) ?? compareStaff(sides, { place, now, dice, tally });
    if (difference !== null) return { at, step, ...difference };
  }
  return null;
}

const count = (tally: Tally, what: string): Tally => tally.set(what, (tally.get(what) ?? 0) + 1);

/** The disagreement with every step left out that it does not need, for whoever has to read it. */
export function shrink(sequence: Sequence, seed: number): { sequence: Sequence; found: Disagreement | null } {
  let { steps } = sequence;
  for (let at = steps.length - 1; at >= 0; at--) {
    const fewer = steps.filter((_, place) => place !== at);
    if (play({ ...sequence, steps: fewer }, seed, new Map()) !== null) steps = fewer;
  }
  const least = { ...sequence, steps };
  return { sequence: least, found: play(least, seed, new Map()) };
}
