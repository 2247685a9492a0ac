import { randomBytes, randomFillSync } from 'node:crypto';

/** UUIDv7 (RFC 9562): the time in front keeps indexes dense. */
export function newUuid(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** `c` and 24 random lower-case letters and digits, which validators of cuid and of cuid2 both accept. */
export function newCuid(): string {
  const bytes = new Uint8Array(48);
  let id = 'c';
  while (id.length < 25) {
    randomFillSync(bytes);
    // 252 is the largest multiple of 36 in a byte: what lies above would favour the first letters.
    for (const byte of bytes) if (byte < 252 && id.length < 25) id += alphabet[byte % 36];
  }
  return id;
}
