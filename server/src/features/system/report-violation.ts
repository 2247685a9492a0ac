import { reportPolicyViolation } from '@stoa/contract/system';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Deps } from '../../deps.ts';
import { policyViolations } from '../../http/metrics.ts';
import { takeRate } from '../../http/rate-limit.ts';
import { Refusal } from '../../http/refusal.ts';
import type { Call } from '../../http/route.ts';
import { pagePolicy } from '../../http/security-headers.ts';

/** What may be counted apart: a browser names a directive of ours, or the one that stands in for it. */
const directives = new Set([
  ...pagePolicy('')
    .split('; ')
    .map((one) => one.split(' ')[0] ?? ''),
  'script-src-elem',
  'script-src-attr',
  'style-src-elem',
]);

/**
 * What a browser kept a page from doing: an attempt to run a script, or a fault of ours. It is counted and logged, never stored:
 * anybody may send one. Of addresses the query stays out of the log.
 */
export async function reportViolation(
  { deps, call }: { deps: Deps; call: Call },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  await takeRate(deps.db, `csp:${call.ip}`, { limit: 60, windowSeconds: 60 });
  const { 'csp-report': report } = read(request.body);
  const named = report['effective-directive'] ?? report['violated-directive']?.split(' ')[0] ?? '';
  const directive = directives.has(named) ? named : 'other';
  policyViolations.inc({ directive });
  const blocked = withoutQuery(report['blocked-uri']);
  deps.log.warn(
    { directive, blocked, page: withoutQuery(report['document-uri']) },
    'a browser refused a part of a page',
  );
  return reply.code(204).send();
}

function read(body: unknown): ReturnType<typeof reportPolicyViolation.body.parse> {
  try {
    return reportPolicyViolation.body.parse(JSON.parse(String(body)));
  } catch {
    throw new Refusal('request.malformed', { detail: 'The body is no report of a browser.' });
  }
}

const withoutQuery = (address = ''): string => (address.split(/[?#]/)[0] ?? '').slice(0, 200);
