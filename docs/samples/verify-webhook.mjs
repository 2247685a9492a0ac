// Verifies a message of Stoa (Standard Webhooks 1.0.0). Usage: node verify-webhook.mjs <secret> < message
// A message is its three headers, an empty line and the body as it came: not parsed, not printed anew.
import { createHmac, timingSafeEqual } from 'node:crypto';

const toleranceSeconds = 300;

export function verify(secret, headers, body) {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > toleranceSeconds) return false;
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
  const wanted = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  // After a reset of the key there are two signatures: one that fits is enough.
  return headers['webhook-signature'].split(' ').some((one) => {
    const [version, signature] = one.split(',');
    const given = Buffer.from(signature ?? '', 'base64');
    return version === 'v1' && given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}

const parts = [];
for await (const part of process.stdin) parts.push(part);
const message = Buffer.concat(parts).toString('utf8');
const end = message.indexOf('\n\n');
const headers = Object.fromEntries(
  message
    .slice(0, end)
    .split('\n')
    .map((line) => line.split(/: (.*)/)),
);
const isGenuine = verify(process.argv[2], headers, message.slice(end + 2));
process.stdout.write(isGenuine ? 'genuine\n' : 'forged\n');
process.exitCode = isGenuine ? 0 : 1;
