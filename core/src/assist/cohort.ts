import type { PlacedLiteral } from './literal.ts';
import type { PastDetermination } from './past-determination.ts';

/** An earlier request with the weight that its age leaves it. */
export type Weighed = PastDetermination & { readonly weight: number };

const mostLiterals = 4;
const fewestRequests = 3;
/** Below this a gain is a rounding error. */
const noGain = 1e-9;

export type Cohort = { readonly literals: readonly PlacedLiteral[]; readonly members: readonly Weighed[] };

/**
 * The earlier requests that are most alike: from all of them, step by step, those for which the literal with the highest
 * information gain on the outcome holds too. The first step is always made; each further one must tell something.
 * Null when nothing is shared with three of them: what both lack is nothing in common.
 */
export function findCohort(past: readonly Weighed[], literals: readonly PlacedLiteral[]): Cohort | null {
  if (!literals.some((one) => !one.negation && one.holders.size >= fewestRequests)) return null;
  let places: readonly number[] = past.map((_, place) => place);
  const chosen: PlacedLiteral[] = [];
  while (chosen.length < mostLiterals) {
    const next = bestOf(literals, chosen, { past, places });
    if (next === null || (chosen.length > 0 && next.gain <= noGain)) break;
    chosen.push(next.literal);
    places = next.inside;
  }
  return { literals: chosen, members: places.flatMap((place) => past[place] ?? []) };
}

type Pool = { past: readonly Weighed[]; places: readonly number[] };
type Step = { literal: PlacedLiteral; gain: number; inside: readonly number[] };

function bestOf(literals: readonly PlacedLiteral[], chosen: readonly PlacedLiteral[], pool: Pool): Step | null {
  const before = sumsOf(pool);
  let best: Step | null = null;
  for (const literal of literals) {
    if (chosen.includes(literal)) continue;
    const holds = (place: number): boolean => literal.holders.has(place) !== literal.negation;
    const inside = pool.places.filter(holds);
    if (inside.length < fewestRequests) continue;
    const outside = pool.places.filter((place) => !holds(place));
    const parts = [inside, outside].map((places) => sumsOf({ past: pool.past, places }));
    const gain = informationGain(before, parts);
    // Literals come in the order of ties: only a real difference displaces an earlier one.
    if (best === null || gain > best.gain + noGain) best = { literal, gain, inside };
  }
  return best;
}

export type Sums = { readonly approved: number; readonly denied: number };

/** Weighted approvals and denials. */
const sumsOf = ({ past, places }: Pool): Sums => weigh(places.flatMap((place) => past[place] ?? []));

/** Weighted approvals and denials of the requests given. */
export function weigh(members: readonly Weighed[]): Sums {
  let approved = 0;
  let denied = 0;
  for (const { outcome, weight } of members) {
    if (outcome === 'APPROVED') approved += weight;
    else denied += weight;
  }
  return { approved, denied };
}

/** How much is known more about the outcome, in bits, once it is known in which part a request lies. */
function informationGain(whole: Sums, parts: readonly Sums[]): number {
  const total = whole.approved + whole.denied;
  if (total === 0) return 0;
  const left = parts.reduce((sum, part) => sum + ((part.approved + part.denied) / total) * entropy(part), 0);
  return entropy(whole) - left;
}

function entropy({ approved, denied }: Sums): number {
  const total = approved + denied;
  return [approved, denied].reduce((sum, one) => (one <= 0 ? sum : sum - (one / total) * Math.log2(one / total)), 0);
}
