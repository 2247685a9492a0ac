import { ConnectorError } from '@stoa/connectors/connector';
import type { Simulation } from '@stoa/contract/simulation';
import { compileAccess, unreachedByPolicy } from '@stoa/core/access/compile';
import { diff } from '@stoa/core/provisioning/diff';
import { observeScope } from '@stoa/core/provisioning/observed';
import type { Deps } from '../../deps.ts';
import { resolveIdentities } from '../identity/resolve.ts';
import type { ConnectionOutcome } from './weigh.ts';

const statementsShown = 200;
type Shown = Pick<Simulation['connections'][number], 'statementCount' | 'statements' | 'problem'>;

/**
 * Asks the platforms for the accounts of people who would gain access, as a reconcile would: a login made today counts today.
 * True when that changed what is known of anybody.
 */
export async function lookUpPeople(deps: Deps, connections: readonly ConnectionOutcome[]): Promise<boolean> {
  const found = await Promise.all(
    connections.map(({ loaded, sides }) =>
      resolveIdentities(deps, loaded.place.id, unreachedByPolicy(sides.after.facts)),
    ),
  );
  return found.some(({ changed }) => changed.length > 0);
}

/** Steps 9 and 10 of the road and the pure statements of 11, for the facts as they would be. */
export async function listStatements(deps: Deps, { loaded, sides }: ConnectionOutcome): Promise<Shown> {
  try {
    const session = await deps.platforms.session(loaded.place.id);
    const desired = compileAccess(sides.after.facts);
    const observed = await session.observe(observeScope(desired));
    const statements = session.statements(diff(desired, observed), observed).map((statement) => statement.sql);
    return { statementCount: statements.length, statements: statements.slice(0, statementsShown) };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { problem: `The platform cannot be asked now: ${error.failure.message}. ${error.failure.remedy}` };
  }
}
