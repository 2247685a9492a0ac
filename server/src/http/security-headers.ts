import { randomBytes } from 'node:crypto';
import { reportPolicyViolation } from '@stoa/contract/system';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from './refusal.ts';

/** Headers of every answer. The page itself replaces the policy by one with its nonce. */
export function setSecurityHeaders(request: FastifyRequest, reply: FastifyReply): void {
  request.outerId = outerIdOf(request);
  reply.headers({
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'x-request-id': request.outerId ?? request.id,
    'x-stoa-call': request.id,
    'cache-control': 'no-store',
  });
  if (request.protocol === 'https') reply.header('strict-transport-security', 'max-age=31536000');
}

/** The id that a trusted proxy gave the call. Of several addresses, the last is that of a proxy that is trusted. */
function outerIdOf({ headers, ips }: FastifyRequest): string | null {
  const id = headers['x-request-id'];
  return ips !== undefined && ips.length > 1 && typeof id === 'string' && /^[\w.-]{8,64}$/.test(id) ? id : null;
}

export const newNonce = (): string => randomBytes(16).toString('base64');

/** The policy of the page (reliability.md 7.4). */
export const pagePolicy = (nonce: string): string =>
  [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    // Components place themselves with style attributes; those cannot run code, and no user text reaches them.
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "form-action 'self'",
    `report-uri ${reportPolicyViolation.path}`,
  ].join('; ');

/**
 * Cross-site request forgery (reliability.md 7.3): a call that a browser authenticated by cookie must name our origin. A
 * call that changes something without any credential (sign-in) must not name another one.
 */
export function checkOrigin(request: FastifyRequest, by: 'session' | 'token' | undefined): void {
  if (by === 'token') return;
  const origin = request.headers.origin;
  const site = request.headers['sec-fetch-site'];
  const own = `${request.protocol}://${request.headers.host ?? ''}`;
  const isOwn = origin === own && (site === undefined || site === 'same-origin');
  if (
    by === 'session'
      ? isOwn
      : (origin === undefined || origin === own) && (site === undefined || site === 'same-origin' || site === 'none')
  )
    return;
  throw new Refusal('auth.origin_refused');
}
