import { csvOf } from '@stoa/contract/csv';
import * as contract from '@stoa/contract/simulation';
import type { Deps } from '../../deps.ts';
import { type Route, route } from '../../http/route.ts';
import { readSwitches } from '../../settings-store.ts';
import { listStatements, lookUpPeople } from './list-statements.ts';
import { nameOf, namesOf, partsByPerson, presentPerson, presentSimulation } from './present-simulation.ts';
import { simulateChanges } from './simulate.ts';
import type { Outcome } from './weigh.ts';

/** What would follow from changes, before they are made. */
export const simulateRoutes: readonly Route[] = [
  route(contract.simulate)(async ({ deps, actor, body, call }) => {
    const by = { actor, call };
    const first = await simulateChanges(deps, by, body.changes);
    const isMoved = body.statements && (await lookUpPeople(deps, first.connections));
    const outcome = isMoved ? await simulateChanges(deps, by, body.changes) : first;
    const simulation = await presentSimulation(deps.db, outcome, await readSwitches(deps.db));
    if (!body.statements) return { status: 200, body: simulation };
    const statements = await Promise.all(outcome.connections.map((one) => listStatements(deps, one)));
    const connections = simulation.connections.map((one, n) => ({ ...one, ...statements[n] }));
    return { status: 200, body: { ...simulation, connections } };
  }),
  route(contract.exportSimulation)(async ({ deps, actor, body, call }) => ({
    status: 200,
    body: await exportPeople(deps, await simulateChanges(deps, { actor, call }, body.changes)),
    headers: { 'content-disposition': 'attachment; filename="preview.csv"', 'cache-control': 'no-store' },
  })),
];

async function exportPeople(deps: Deps, outcome: Outcome): Promise<string> {
  const rows: string[][] = [['effect', 'name', 'username', 'data source', 'reason', 'without account']];
  for (const direction of ['gained', 'lost'] as const) {
    const parts = partsByPerson(outcome, direction);
    for (const person of await namesOf(deps.db, [...parts.keys()])) {
      for (const part of parts.get(person.globalUserId) ?? []) {
        const { reasons, withoutAccount } = presentPerson(person, [part], direction);
        const why = reasons.map((reason) => `${reason.kind}: ${reason.by}`).join('; ');
        for (const id of part.change[direction])
          rows.push([
            direction,
            person.name,
            person.username,
            `${part.at.loaded.place.connectionKey}.${nameOf(part.at, id)}`,
            why,
            withoutAccount.join(', '),
          ]);
      }
    }
  }
  return csvOf(rows);
}
