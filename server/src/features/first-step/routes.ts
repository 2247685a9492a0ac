import * as contract from '@stoa/contract/first-step';
import { type Route, route } from '../../http/route.ts';
import { listFirstSteps } from './list-first-steps.ts';

export const firstStepRoutes: readonly Route[] = [
  route(contract.listFirstSteps)(async ({ deps, actor }) => ({
    status: 200,
    body: { data: await listFirstSteps(deps.db, actor) },
  })),
];
