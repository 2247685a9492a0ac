import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** scrypt with N=2^15, r=8, p=1: about 60 ms and 32 MiB, the OWASP floor for interactive logins. */
const cost = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const keyLength = 32;

const derive = (password: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    // Equal characters may have several encodings; a password typed on another keyboard must still fit.
    scrypt(password.normalize('NFKC'), salt, keyLength, cost, (error, key) => (error ? reject(error) : resolve(key)));
  });

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt);
  return `scrypt$${cost.N}$${salt.toString('base64')}$${key.toString('base64')}`;
}

/** Compares in constant time. Without a stored hash it still does the work, so that unknown names answer as slowly. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const [, , salt = '', key = ''] = (stored ?? '').split('$');
  const expected = Buffer.from(key, 'base64');
  const actual = await derive(password, Buffer.from(salt, 'base64'));
  return stored !== null && expected.length === keyLength && timingSafeEqual(actual, expected);
}
