import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { fromBase32, toBase32 } from './base32.ts';

const secondsPerStep = 30;
/** How far the clock of a telephone may be away, in steps. */
const stepsAside = 1;

/** As long as the hash: RFC 4226 asks for that. In base 32, as apps read it. */
export const newTotpSecret = (): string => toBase32(randomBytes(20));

export const stepAt = (seconds: number): number => Math.floor(seconds / secondsPerStep);

/** The six digits of a step (RFC 4226 5.3). HMAC-SHA-1, since many apps know nothing else; what breaks SHA-1 does not break it. */
export function codeOfStep(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const number = digest.readUInt32BE((digest.at(-1) ?? 0) % 16) % 2 ** 31;
  return String(number % 1_000_000).padStart(6, '0');
}

/** The step whose code it is, near the time given and after `lastStep`; undefined: none. */
export function stepOfCode(
  secret: string,
  code: string,
  { seconds, lastStep }: { seconds: number; lastStep: number | null },
): number | undefined {
  const typed = Buffer.from(code);
  const present = stepAt(seconds);
  for (let step = present - stepsAside; step <= present + stepsAside; step += 1) {
    const expected = Buffer.from(codeOfStep(secret, step));
    const isEqual = typed.length === expected.length && timingSafeEqual(typed, expected);
    if (isEqual && (lastStep === null || step > lastStep)) return step;
  }
  return undefined;
}

/** What apps read from a QR code. The host tells one installation from another in the app. */
export function totpUri(secret: string, { username, host }: { username: string; host: string }): string {
  const issuer = `Stoa ${host}`;
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(username)}`;
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=6&period=30`;
}
