import type { FastifyRequest } from 'fastify';
import { sessionHours } from './authenticate.ts';

/** The `__Host-` prefix binds the cookie to this host and to TLS; without TLS browsers refuse it. */
const cookieName = (isSecure: boolean): string => (isSecure ? '__Host-stoa_session' : 'stoa_session');

export const readSessionCookie = (request: FastifyRequest): string | undefined =>
  request.cookies[cookieName(request.protocol === 'https')];

export function sessionCookie(token: string, isSecure: boolean): string {
  return `${cookieName(isSecure)}=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${sessionHours * 3600}${isSecure ? '; Secure' : ''}`;
}

export function clearedSessionCookie(isSecure: boolean): string {
  return `${cookieName(isSecure)}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0${isSecure ? '; Secure' : ''}`;
}
