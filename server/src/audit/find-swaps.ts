import { Pace } from '../verify/pace.ts';
import { eventDigest, linkHash } from './chain-link.ts';

/** An event whose content is not what was sealed: what it is now, and the digest of what it was. */
export type Mismatch = {
  readonly seq: number;
  readonly id: string;
  readonly sequence: number;
  readonly rest: string;
  readonly sealedDigest: Buffer;
};

/** A seal that does not follow from the one before. */
export type BrokenSeal = {
  readonly seq: number;
  readonly previous: Buffer;
  readonly digest: Buffer;
  readonly hash: Buffer;
};

/** As many as are compared each with each. */
export const mostCompared = 300;

/** Of events that hold something else than was sealed: pairs that hold each other's content. */
export function findSwappedEvents(list: readonly Mismatch[]): Promise<Map<number, number>> {
  return findPairs(list, (a, b) =>
    [
      eventDigest(b.id, b.sequence, b.rest),
      eventDigest(a.id, b.sequence, b.rest),
      eventDigest(a.id, a.sequence, b.rest),
      eventDigest(a.id, b.sequence, a.rest),
    ].some((digest) => digest.equals(a.sealedDigest)),
  );
}

/** Of seals that do not fit: pairs that stand in each other's place. */
export function findSwappedSeals(list: readonly BrokenSeal[]): Promise<Map<number, number>> {
  return findPairs(list, (a, b) => linkHash(b.previous, a.seq, b.digest).equals(b.hash));
}

/** For each member of a pair the other one, by their places. */
async function findPairs<T extends { readonly seq: number }>(
  list: readonly T[],
  holds: (a: T, b: T) => boolean,
): Promise<Map<number, number>> {
  const pairs = new Map<number, number>();
  const pace = new Pace();
  const compared = list.slice(0, mostCompared);
  for (const [at, a] of compared.entries())
    for (const b of compared.slice(at + 1)) {
      await pace.look();
      if (!holds(a, b) && !holds(b, a)) continue;
      if (!pairs.has(a.seq)) pairs.set(a.seq, b.seq);
      if (!pairs.has(b.seq)) pairs.set(b.seq, a.seq);
    }
  return pairs;
}
