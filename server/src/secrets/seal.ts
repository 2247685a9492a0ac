import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const cipherName = 'aes-256-gcm';

/** AES-256-GCM under a random 96-bit nonce; nonce, tag and body in base64, with dots between. */
export function sealBytes(key: Buffer, additional: readonly string[], plain: Buffer): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv(cipherName, key, nonce);
  cipher.setAAD(lengthPrefixed(additional));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return [nonce, cipher.getAuthTag(), body].map((part) => part.toString('base64')).join('.');
}

/** Throws where the key, the place or a single bit is another. */
export function openBytes(key: Buffer, additional: readonly string[], sealed: string): Buffer {
  const [nonce = '', tag = '', body = ''] = sealed.split('.');
  const decipher = createDecipheriv(cipherName, key, Buffer.from(nonce, 'base64'), { authTagLength: 16 });
  decipher.setAAD(lengthPrefixed(additional));
  decipher.setAuthTag(Buffer.from(tag, 'base64'));
  return Buffer.concat([decipher.update(Buffer.from(body, 'base64')), decipher.final()]);
}

export const deriveKey = (rootKey: Buffer, purpose: string, bytes = 32): Buffer =>
  Buffer.from(hkdfSync('sha256', rootKey, Buffer.alloc(0), purpose, bytes));

/** No two lists share one encoding. */
const lengthPrefixed = (parts: readonly string[]): Buffer =>
  Buffer.concat(
    parts.map((part) => {
      const bytes = Buffer.from(part, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    }),
  );
