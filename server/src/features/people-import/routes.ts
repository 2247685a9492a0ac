import * as contract from '@stoa/contract/people-import';
import { type Route, route } from '../../http/route.ts';
import { importPeople } from './import-people.ts';

export const peopleImportRoutes: readonly Route[] = [
  route(contract.importPeople)(async ({ deps, actor, params, query, body, call }) => ({
    status: 200,
    body: await importPeople(deps, { actor, call, isDryRun: query.dryRun, kind: params.kind, body }),
  })),
];
