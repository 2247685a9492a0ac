import { offsetMetaOf } from '@stoa/contract/page';
import * as contract from '@stoa/contract/verification';
import { may } from '@stoa/core/permissions/may';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import { searchFindings, searchVerifications } from './queries.ts';
import { loadVerifications } from './run-row.ts';
import { startVerification } from './start.ts';

export const verificationRoutes: readonly Route[] = [
  route(contract.startVerification)(async ({ deps, actor, call }) => {
    requireMay(actor, 'verification.run', nothing);
    const id = await startVerification(deps, { actor, call });
    return { status: 202, body: await show(deps, id) };
  }),
  route(contract.listVerifications)(async ({ deps, actor, query }) => {
    requireMay(actor, 'verification.read', nothing);
    const { data, total } = await searchVerifications(deps, query);
    const { allowed, reason } = may(actor, 'verification.run', nothing);
    const meta = offsetMetaOf(query, total, data.length);
    return { status: 200, body: { data, meta, abilities: { start: { allowed, reason } } } };
  }),
  route(contract.readVerification)(async ({ deps, actor, params }) => {
    requireMay(actor, 'verification.read', nothing);
    return { status: 200, body: await show(deps, params.id) };
  }),
  route(contract.listVerificationFindings)(async ({ deps, actor, params, query }) => {
    requireMay(actor, 'verification.read', nothing);
    await show(deps, params.id);
    const { data, total } = await searchFindings(deps, params.id, query);
    return { status: 200, body: { data, meta: offsetMetaOf(query, total, data.length) } };
  }),
];

async function show(deps: Deps, id: string): Promise<contract.Verification> {
  const [run] = await loadVerifications(deps.db, sql`r.id = ${id}`);
  if (run === undefined) throw notFound('verification');
  return run;
}
