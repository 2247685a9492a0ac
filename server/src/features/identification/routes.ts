import * as identification from '@stoa/contract/identification';
import type { IdentificationRun } from '@stoa/contract/identification';
import { offsetMetaOf } from '@stoa/contract/page';
import { nothing } from '@stoa/core/permissions/objects';
import { sql } from 'kysely';
import type { Deps } from '../../deps.ts';
import { notFound } from '../../http/refusal.ts';
import { requireMay } from '../../http/require.ts';
import { type Route, route } from '../../http/route.ts';
import type { LoadedPerson } from '../user/load-people.ts';
import { cancelIdentification } from './cancel.ts';
import { decideProposals } from './decide-proposals.ts';
import { listProposals, listResults, listRuns, listRunSources } from './queries.ts';
import { loadRuns, objectOfRun, presentRun } from './run-row.ts';
import { startIdentification } from './start.ts';

export const identificationRoutes: readonly Route[] = [
  route(identification.startIdentification)(async ({ deps, actor, body, call }) => {
    requireMay(actor, 'identification.run', nothing);
    const id = await startIdentification(deps, { actor, body, call });
    return { status: 202, body: await showRun(deps, actor, id) };
  }),
  route(identification.listIdentificationRuns)(async ({ deps, actor, query }) => {
    requireMay(actor, 'identification.read', nothing);
    const { data, total } = await listRuns(deps, actor, query);
    return { status: 200, body: { data, meta: offsetMetaOf(query, total, data.length) } };
  }),
  route(identification.readIdentificationRun)(async ({ deps, actor, params }) => {
    requireMay(actor, 'identification.read', nothing);
    return { status: 200, body: await showRun(deps, actor, params.id) };
  }),
  route(identification.cancelIdentification)(async ({ deps, actor, params, call }) => {
    requireMay(actor, 'identification.run', nothing);
    await cancelIdentification(deps, { actor, id: params.id, call });
    return { status: 200, body: await showRun(deps, actor, params.id) };
  }),
  route(identification.listIdentificationRunSources)(async ({ deps, actor, params, query }) => {
    requireMay(actor, 'identification.read', nothing);
    await showRun(deps, actor, params.id);
    const { data, total } = await listRunSources(deps, params.id, query);
    return { status: 200, body: { data, meta: offsetMetaOf(query, total, data.length) } };
  }),
  route(identification.listIdentificationResults)(async ({ deps, actor, query }) => {
    requireMay(actor, 'identification.read', nothing);
    const { data, total } = await listResults(deps, actor, query);
    return { status: 200, body: { data, meta: offsetMetaOf(query, total, data.length) } };
  }),
  route(identification.listIdentificationProposals)(async ({ deps, actor, query }) => {
    requireMay(actor, 'identification.read', nothing);
    const { data, total } = await listProposals(deps, actor, query);
    return { status: 200, body: { data, meta: offsetMetaOf(query, total, data.length) } };
  }),
  route(identification.decideIdentificationProposals)(async ({ deps, actor, body, call }) => ({
    status: 200,
    body: { decided: await decideProposals(deps, { actor, body, call }) },
  })),
];

async function showRun(deps: Deps, actor: LoadedPerson, id: string): Promise<IdentificationRun> {
  const [row] = await loadRuns(deps.db, sql`r.id = ${id}`);
  if (row === undefined) throw notFound('identification');
  requireMay(actor, 'identification.read', objectOfRun(row));
  return presentRun(actor, row);
}
