import * as audit from '@stoa/contract/audit';
import { nothing } from '@stoa/core/permissions/objects';
import { auditScope } from '@stoa/core/permissions/standing';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { presentAuditEvent, searchAudit } from './search-audit.ts';

export const auditRoutes: readonly Route[] = [
  route(audit.searchAudit)(async ({ deps, actor, query }) => {
    requireMay(actor, 'audit.read', nothing);
    const { nextToken, limit, ...filter } = query;
    const before = nextToken === undefined ? null : parseToken(nextToken);
    const { rows, next } = await searchAudit(deps.db, { ...filter, scope: auditScope(actor) }, { before, limit });
    return {
      status: 200,
      body: {
        data: rows.map((row) => presentAuditEvent(row, deps.installationId)),
        meta: { nextToken: next === null ? null : tokenOf(next), limit },
      },
    };
  }),
];

const tokenOf = (sequence: number): string => Buffer.from(`audit:${sequence}`).toString('base64url');

function parseToken(token: string): number {
  const digits = /^audit:([0-9]{1,15})$/.exec(Buffer.from(token, 'base64url').toString('utf8'))?.[1];
  if (digits === undefined) throw new Refusal('page.token_invalid');
  return Number(digits);
}
