import { randomFillSync } from 'node:crypto';

const idBytes = 16;
/** Randomness for so many ids at once: asking for it costs more than all else about an id. */
const pool = Buffer.alloc(256 * idBytes);
let used = pool.length;

/** UUIDv7 (RFC 9562): the time in front keeps indexes dense. */
export function newUuid(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = pool.subarray(used, used + idBytes);
  used += idBytes;
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const alphabet = Buffer.from('abcdefghijklmnopqrstuvwxyz0123456789');
const cuidLength = 25;

/** `c` and 24 random lower-case letters and digits, which validators of cuid and of cuid2 both accept. */
export const newCuid = (): string => newCuids(1)[0] ?? '';

/** So many at once: asking for randomness, and gluing letters together, costs more than all else about them. */
export function newCuids(count: number): string[] {
  const letters = Buffer.alloc(cuidLength * count, 'c');
  const random = Buffer.alloc(Math.min(65_536, 32 * count));
  let next = random.length;
  for (let at = 0; at < letters.length; at++) {
    if (at % cuidLength === 0) continue;
    let byte = 255;
    // 252 is the largest multiple of 36 in a byte: what lies above would favour the first letters.
    while (byte >= 252) {
      if (next === random.length) {
        randomFillSync(random);
        next = 0;
      }
      byte = random[next++] ?? 255;
    }
    letters[at] = alphabet[byte % 36] ?? 0;
  }
  const text = letters.toString('latin1');
  return Array.from({ length: count }, (_, n) => text.slice(n * cuidLength, (n + 1) * cuidLength));
}
