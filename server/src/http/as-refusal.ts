import { Refusal } from './refusal.ts';

/** Fastify's own errors, by code. */
const frameworkRefusals: Record<string, Refusal> = {
  FST_ERR_CTP_BODY_TOO_LARGE: new Refusal('request.too_large'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new Refusal('request.unsupported_media_type'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: new Refusal('request.malformed'),
  FST_ERR_BAD_URL: new Refusal('request.malformed', { detail: 'The address is not a valid one.' }),
  FST_ERR_MAX_PARAM_LENGTH: new Refusal('route.not_found'),
};

/** What is told of a failure: a refusal is one already, and what nobody foresaw is a bug. */
export function asRefusal(error: Error & { code?: string; statusCode?: number }): Refusal {
  if (error instanceof Refusal) return error;
  const known = frameworkRefusals[error.code ?? ''];
  if (known) return known;
  // The database gave the statement up, and its transaction with it; also when it only waited for a lock.
  if (error.code === '57014') return new Refusal('server.timeout', { headers: { 'retry-after': '5' } });
  if (isAuditRefused(error)) return new Refusal('audit.unavailable', { headers: { 'retry-after': '30' } });
  if (error.code === diskFull) return new Refusal('server.storage_full', { headers: { 'retry-after': '30' } });
  if (isDatabaseAway(error)) return new Refusal('server.busy', { headers: { 'retry-after': '2' } });
  if (error.code?.startsWith('FST_') && (error.statusCode ?? 500) < 500) return new Refusal('request.malformed');
  return new Refusal('server.error');
}

/** No change without its row in the audit trail: the transaction was undone as a whole. */
const isAuditRefused = (error: Error & { code?: string }): boolean =>
  error.code === '42501' && error.message.endsWith(' audit_event');

/** A file of the database could not grow; the transaction was undone as a whole. */
const diskFull = '53100';

/** The database is restarting, full, or out of connections: not a bug, and worth another try. */
const databaseAwayCodes = new Set([
  // Two that wanted the same rows in another order: one was undone, and may try again.
  '40P01',
  '40001',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '53400',
  '08006',
  '08001',
  '08003',
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
]);
const isDatabaseAway = (error: Error & { code?: string }): boolean =>
  databaseAwayCodes.has(error.code ?? '') ||
  /timeout exceeded when trying to connect|Connection terminated|is not queryable|not currently accepting connections/.test(
    error.message,
  );
