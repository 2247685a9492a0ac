import type { Fingerprint } from '@stoa/connectors/connector';

/** What calls for a look: nothing, everything, or the containers with these platform ids, in which members alone are others. */
export type Moved = 'nothing' | 'everything' | readonly string[];

/** What differs between a stored fingerprint and a new one. One that is missing, or that an earlier version wrote, says nothing. */
export function movedSince(stored: string | null, now: Fingerprint): Moved {
  if (stored === null) return 'everything';
  const before = JSON.parse(stored) as Partial<Fingerprint>;
  if (before.containers === undefined || withoutMembers(before) !== withoutMembers(now)) return 'everything';
  const known = before.containers;
  const ids = new Set([...Object.keys(known), ...Object.keys(now.containers)]);
  const moved = [...ids].filter((id) => known[id] !== now.containers[id]);
  return moved.length === 0 ? 'nothing' : moved;
}

const withoutMembers = (fingerprint: Partial<Fingerprint>): string =>
  JSON.stringify({ ...fingerprint, containers: null });
