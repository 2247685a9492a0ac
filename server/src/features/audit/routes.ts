import * as audit from '@stoa/contract/audit';
import * as chain from '@stoa/contract/audit-chain';
import { nothing } from '@stoa/core/permissions/objects';
import { auditScope, type Scope } from '@stoa/core/permissions/standing';
import { parseInput } from '../../http/parse-input.ts';
import { Refusal } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type RawRoute, rawRoute, type Route, route } from '../../http/route.ts';
import type { Deps } from '../../deps.ts';
import { rolesSomewhere } from '../data-object/held-roles.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { countAudit } from './count-audit.ts';
import { exportAudit } from './export-audit.ts';
import { readChain } from './read-chain.ts';
import { presentAuditEvent, searchAudit } from './search-audit.ts';
import { readS3Settings, testFile, testS3, updateFile, updateS3 } from './sink-settings.ts';
import { startVerification } from './verify-audit.ts';

/** What the caller may read of the trail; refused when that is nothing. */
async function requireScope({ db }: Deps, actor: LoadedPerson): Promise<Scope> {
  const somewhere = await rolesSomewhere(db, actor);
  requireMay(actor, 'audit.read', somewhere);
  return auditScope(actor, somewhere.callerRoles);
}

const trail: readonly (Route | RawRoute)[] = [
  route(audit.searchAudit)(async ({ deps, actor, query }) => {
    const scope = await requireScope(deps, actor);
    const { nextToken, limit, ...filter } = query;
    const before = nextToken === undefined ? null : parseToken(nextToken);
    const { rows, next, lookedSince } = await searchAudit(deps.db, { ...filter, scope }, { before, limit });
    return {
      status: 200,
      body: {
        data: rows.map((row) => presentAuditEvent(row, deps.installationId)),
        meta: {
          nextToken: next === null ? null : tokenOf(next),
          limit,
          ...(lookedSince === null ? {} : { lookedSince: lookedSince.toISOString() }),
        },
      },
    };
  }),
  route(audit.countAudit)(async ({ deps, actor, query }) => {
    const scope = await requireScope(deps, actor);
    return { status: 200, body: await countAudit(deps.db, { ...query, scope }, { now: new Date() }) };
  }),
  rawRoute(audit.exportAudit, async ({ deps, actor, call }, request, reply) => {
    if (!actor) throw new Refusal('auth.not_authenticated');
    const scope = await requireScope(deps, actor);
    const input = parseInput(audit.exportAudit, { params: request.params, query: request.query, body: undefined });
    const filter = { ...audit.exportAudit.query.parse(input.query), scope };
    reply.header('content-type', 'application/x-ndjson; charset=utf-8').header('cache-control', 'no-store');
    // Nothing leaves, and nothing is put on record as if it had.
    if (request.method === 'HEAD') return reply.send();
    const { name, file } = await exportAudit(deps, { actor, call, filter });
    return reply.header('content-disposition', `attachment; filename="${name}"`).send(file);
  }),
];

const sealed: readonly Route[] = [
  route(chain.getAuditChain)(async ({ deps, actor }) => {
    requireMay(actor, 'audit.verify', nothing);
    return { status: 200, body: await readChain(deps) };
  }),
  route(chain.startAuditVerification)(async ({ deps, actor, call }) => ({
    status: 202,
    body: await startVerification(deps, { actor, call }),
  })),
  route(chain.getAuditS3)(async ({ deps, actor }) => {
    requireMay(actor, 'settings.manage', nothing);
    return { status: 200, body: await readS3Settings(deps.db) };
  }),
  route(chain.updateAuditS3)(async ({ deps, actor, body, call }) => {
    requireMay(actor, 'settings.manage', nothing);
    return { status: 200, body: await updateS3(deps, body, { actor, call }) };
  }),
  route(chain.testAuditS3)(async ({ deps, actor, body, call }) => {
    requireMay(actor, 'settings.manage', nothing);
    return { status: 200, body: await testS3(deps, body, { actor, call }) };
  }),
  route(chain.updateAuditFile)(async ({ deps, actor, body, call }) => {
    requireMay(actor, 'settings.manage', nothing);
    await updateFile(deps, body, { actor, call });
    return { status: 200, body };
  }),
  route(chain.testAuditFile)(async ({ deps, actor }) => {
    requireMay(actor, 'settings.manage', nothing);
    return { status: 200, body: await testFile(deps) };
  }),
];

export const auditRoutes: readonly (Route | RawRoute)[] = [...trail, ...sealed];

const tokenOf = (sequence: number): string => Buffer.from(`audit:${sequence}`).toString('base64url');

function parseToken(token: string): number {
  const digits = /^audit:([0-9]{1,15})$/.exec(Buffer.from(token, 'base64url').toString('utf8'))?.[1];
  if (digits === undefined) throw new Refusal('page.token_invalid');
  return Number(digits);
}
