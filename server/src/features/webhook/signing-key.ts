import { createHmac, randomBytes } from 'node:crypto';
import { Refusal } from '../../http/refusal.ts';
import { Secret, type Secrets } from '../../secrets/secrets.ts';

const prefix = 'whsec_';
const shortest = 24;
const longest = 64;

/** A key as Standard Webhooks writes them. */
export const newSigningKey = (): Secret => new Secret(prefix + randomBytes(32).toString('base64'));

/** A key that somebody brings: one that says to be of the standard must be; any other is used as it stands. */
export function readSigningKey(text: string): Secret {
  if (!text.startsWith(prefix)) return new Secret(text);
  const encoded = text.slice(prefix.length);
  const bytes = Buffer.from(encoded, 'base64');
  const isBase64 = bytes.toString('base64').replace(/=+$/, '') === encoded.replace(/=+$/, '');
  if (!isBase64 || bytes.length < shortest || bytes.length > longest)
    throw new Refusal('webhook.signing_key_invalid', {
      errors: [{ path: 'body.signingKey', message: `is not ${prefix} and ${shortest} to ${longest} bytes in base64` }],
    });
  return new Secret(text);
}

const placeOf = (webhookId: string) => ({ table: 'webhook', rowId: webhookId, column: 'secret' }) as const;
export const sealSigningKey = (secrets: Secrets, webhookId: string, key: Secret): string =>
  secrets.seal(placeOf(webhookId), key);
export const openSigningKey = (secrets: Secrets, webhookId: string, sealed: string): Secret =>
  secrets.open(placeOf(webhookId), sealed);

const bytesOf = (key: string): Buffer =>
  key.startsWith(prefix) ? Buffer.from(key.slice(prefix.length), 'base64') : Buffer.from(key, 'utf8');

type Signed = { readonly id: string; readonly seconds: number; readonly body: string };

/** The three headers of Standard Webhooks 1.0.0, signed by each key: after a reset the former one goes on for a while. */
export function signatureHeaders(keys: readonly Secret[], { id, seconds, body }: Signed): Record<string, string> {
  const signatures = keys.map((key) => {
    const mac = createHmac('sha256', bytesOf(key.reveal())).update(`${id}.${seconds}.${body}`, 'utf8');
    return `v1,${mac.digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': signatures.join(' '),
  };
}
