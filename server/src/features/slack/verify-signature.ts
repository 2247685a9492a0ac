import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../../secrets/secrets.ts';

/** What was sent longer ago may be sent again by whoever saw it. */
const longestAgeSeconds = 5 * 60;

type Signed = { timestamp: string | undefined; signature: string | undefined; body: Buffer };

/**
 * Whether Slack sent exactly these bytes within the last five minutes: `v0=` and the hex HMAC-SHA256 of
 * `v0:<timestamp>:<body>` under the app's signing secret (docs.slack.dev, "Verifying requests from Slack").
 */
export function isSignedBySlack(secret: Secret, { timestamp, signature, body }: Signed, now: Date): boolean {
  if (timestamp === undefined || !/^[0-9]{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now.getTime() / 1_000 - Number(timestamp)) > longestAgeSeconds) return false;
  const wanted = createHmac('sha256', secret.reveal()).update(`v0:${timestamp}:`).update(body).digest();
  const given = Buffer.from(/^v0=([0-9a-f]{64})$/.exec(signature ?? '')?.[1] ?? '', 'hex');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
