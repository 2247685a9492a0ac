import { expect, test } from 'vitest';
import { fromBase32, toBase32 } from './base32.ts';
import { codeOfStep, newTotpSecret, stepAt, stepOfCode, totpUri } from './totp.ts';

const secret = toBase32(Buffer.from('12345678901234567890'));

/** RFC 6238, appendix B, SHA-1; of its eight digits ours are the last six. */
test.each([
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
])('at second %i the code is that of the RFC', (seconds, code) => {
  expect(codeOfStep(secret, stepAt(seconds))).toBe(code.slice(2));
});

test('base 32 is that of RFC 4648, and reads what it wrote', () => {
  expect([toBase32(Buffer.from('fooba')), fromBase32('MZXW6YTB').toString()]).toEqual(['MZXW6YTB', 'fooba']);
  const made = newTotpSecret();
  expect(made).toMatch(/^[A-Z2-7]{32}$/);
  expect(toBase32(fromBase32(made))).toBe(made);
});

test('a code is taken one step before and after its own, no further, and never from before one that was taken', () => {
  const seconds = 1_234_567_890;
  const step = stepAt(seconds);
  const at = (offset: number, lastStep: number | null = null) =>
    stepOfCode(secret, codeOfStep(secret, step + offset), { seconds, lastStep });
  expect([-2, -1, 0, 1, 2].map((offset) => at(offset))).toEqual([undefined, step - 1, step, step + 1, undefined]);
  expect([-1, 0, 1].map((offset) => at(offset, step))).toEqual([undefined, undefined, step + 1]);
  expect(stepOfCode(secret, '', { seconds, lastStep: null })).toBeUndefined();
});

test('apps are told the installation, the person and the secret', () => {
  const uri = new URL(totpUri(secret, { username: 'ana+1@example.org', host: 'stoa.example.org' }));
  expect(decodeURIComponent(uri.pathname)).toBe('/Stoa stoa.example.org:ana+1@example.org');
  expect(Object.fromEntries(uri.searchParams)).toEqual({
    secret,
    issuer: 'Stoa stoa.example.org',
    algorithm: 'SHA1',
    digits: '6',
    period: '30',
  });
});
