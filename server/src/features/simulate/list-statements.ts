import { ConnectorError } from '@stoa/connectors/connector';
import type { Simulation } from '@stoa/contract/simulation';
import { compileAccess, unreachedByPolicy } from '@stoa/core/access/compile';
import { diff } from '@stoa/core/provisioning/diff';
import { observeScope } from '@stoa/core/provisioning/observed';
import type { Deps } from '../../deps.ts';
import { resolveIdentities } from '../identity/resolve.ts';
import { listViewStatements } from './list-view-statements.ts';
import type { ConnectionOutcome } from './weigh.ts';
import { failureWords } from '../../provisioning/failure-words.ts';

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

const unprepared = (count: number): string =>
  `The platform is not prepared for masks yet: ${count} data sources would be read by nobody until it is. The page of the connection has the script.`;

/** Steps 9 and 10 of the road and the pure statements of 11, for the facts as they would be. */
export async function listStatements(deps: Deps, outcome: ConnectionOutcome): Promise<Shown> {
  const { loaded, sides } = outcome;
  try {
    const session = await deps.platforms.session(loaded.place.id);
    const desired = compileAccess(sides.after.facts);
    const observed = await session.observe(observeScope(desired));
    const ofAccess = session.statements(diff(desired, observed), observed).map((statement) => statement.sql);
    // Views come before access is given: it is given on them.
    const ofViews = await listViewStatements(deps, session, outcome);
    const statements = [...ofViews.statements, ...ofAccess];
    return {
      statementCount: statements.length,
      statements: statements.slice(0, statementsShown),
      ...(ofViews.unprepared === 0 ? {} : { problem: unprepared(ofViews.unprepared) }),
    };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { problem: `The platform cannot be asked now: ${failureWords(error.failure)}` };
  }
}
