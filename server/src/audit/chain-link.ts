import { createHash } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';

/** What the first seal stands on. */
export const genesisHash: Buffer = Buffer.alloc(32);

/** `SHA-256(prev_hash || seq as 8 bytes, big-endian || event_digest)`. */
export function linkHash(previous: Buffer, seq: number, digest: Buffer): Buffer {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(seq));
  return createHash('sha256').update(previous).update(number).update(digest).digest();
}

/**
 * The columns of an event beside its id and number, as one text: a JSON array in this order, as PostgreSQL writes
 * `jsonb` (keys ordered, numbers and spaces normal); the time in microseconds since 1970. docs/audit.md publishes it, so
 * it never changes: a further column is a further version.
 */
export const canonicalRest: RawBuilder<string> = sql<string>`json_build_array(e.action, e.action_status,
  (extract(epoch from e.event_timestamp) * 1000000)::bigint, e.actor, e.actor_id, e.actor_ip, e.target_type, e.targets,
  e.related_resources, e.payload, to_jsonb(e.domain_ids), e.request_id, e.session_id)::text`;

/** What the digest of an event is taken over: its id, its number and all the rest, a line each. No part but the last holds a line break. */
export const canonicalEvent: RawBuilder<string> = sql<string>`concat(e.id, chr(10), e.sequence, chr(10), ${canonicalRest})`;

/** The same digest, taken here rather than by the database. */
export const eventDigest = (id: string, sequence: number, rest: string): Buffer =>
  createHash('sha256').update(`${id}\n${sequence}\n${rest}`, 'utf8').digest();
