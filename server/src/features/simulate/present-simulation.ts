import type { AffectedPerson, EffectReason, Simulation, SimulationWarning } from '@stoa/contract/simulation';
import { isFulfilledBy } from '@stoa/core/condition/remainder';
import { identityProblem } from '@stoa/core/access/compile';
import type { AccessChange } from '@stoa/core/simulate/compare-access';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import type { ConnectionOutcome, Outcome } from './weigh.ts';
import { endingExceptions } from './ending-exceptions.ts';
import { givesByAbsence } from './read-changes.ts';

const peopleShown = 50;
const sourcesShown = 5;
const sourcesListed = 50;

type Direction = 'gained' | 'lost';
type Part = { readonly at: ConnectionOutcome; readonly change: AccessChange };

/** The parts of one person's change, over all connections. */
export function partsByPerson({ connections }: Outcome, direction: Direction): Map<string, Part[]> {
  const people = new Map<string, Part[]>();
  for (const at of connections)
    for (const change of at.comparison.changes) {
      if (change[direction].length === 0) continue;
      const own = people.get(change.globalUserId);
      if (own) own.push({ at, change });
      else people.set(change.globalUserId, [{ at, change }]);
    }
  return people;
}

/** The guardrails that keep a person from what they lose; empty where it is no longer given. */
function failedGuardrails({ at, change }: Part): string[] {
  const person = at.after.people.get(change.globalUserId);
  if (person === undefined) return [];
  const failed = change.lost.flatMap((id) =>
    (at.sides.after.rules.get(id)?.guardrails ?? [])
      .filter(({ who }) => !isFulfilledBy(who, person))
      .map(({ rule }) => rule.name),
  );
  return [...new Set(failed)];
}

function reasonsOf(part: Part, direction: Direction): EffectReason[] {
  const account = part.at.accounts.find((one) => one.globalUserId === part.change.globalUserId);
  const login = direction === 'gained' ? account?.after : account?.before;
  if (login != null) return [{ kind: 'account', by: login }];
  if (direction === 'gained') return part.change.givenBy.map((by) => ({ kind: 'given', by }));
  const prevented = failedGuardrails(part);
  if (prevented.length > 0) return prevented.map((by) => ({ kind: 'prevented', by }));
  return part.change.endedBy.map((by) => ({ kind: 'ended', by }));
}

/** To gain something one needs an account afterwards; to lose it, one had one. */
const hasAccount = ({ at, change }: Part, direction: Direction): boolean => {
  const { facts } = direction === 'gained' ? at.sides.after : at.sides.before;
  const user = facts.users.find((one) => one.globalUserId === change.globalUserId);
  return user !== undefined && identityProblem(user.identity) === null;
};

/** A source that goes is called what it was called. */
export const nameOf = ({ loaded, before }: ConnectionOutcome, id: number): string =>
  loaded.names.get(id) ?? before.names.get(id) ?? String(id);

type Named = { globalUserId: string; username: string; name: string };

export async function namesOf(reader: Reader, ids: readonly string[]): Promise<Named[]> {
  const { rows } = await sql<Named>`
    select global_user_id as "globalUserId", username, name from app_user where global_user_id = any(${[...ids]}::uuid[])
    order by lower(name), username`.execute(reader);
  return rows;
}

export function presentPerson(person: Named, parts: readonly Part[], direction: Direction): AffectedPerson {
  const names = parts.flatMap(({ at, change }) => change[direction].map((id) => nameOf(at, id)));
  const reasons = new Map(parts.flatMap((part) => reasonsOf(part, direction).map((one) => [JSON.stringify(one), one])));
  return {
    ...person,
    sourceCount: names.length,
    sources: names.slice(0, sourcesShown),
    reasons: [...reasons.values()],
    withoutAccount: parts.filter((part) => !hasAccount(part, direction)).map(({ at }) => at.loaded.place.connectionKey),
  };
}

/** The people of one side: how many, and the first of them by name. */
export async function presentSide(
  reader: Reader,
  outcome: Outcome,
  direction: Direction,
): Promise<Simulation['gaining']> {
  const parts = partsByPerson(outcome, direction);
  const named = await namesOf(reader, [...parts.keys()]);
  return {
    count: parts.size,
    people: named
      .slice(0, peopleShown)
      .map((person) => presentPerson(person, parts.get(person.globalUserId) ?? [], direction)),
  };
}

/** Sources on which grants without a condition would contradict each other, and do not already. */
const conflictsOf = ({ connections }: Outcome): Simulation['conflicts'] =>
  connections.flatMap((at) =>
    [...at.sides.after.rules.bySource()].flatMap(([id, rules]) => {
      const was = at.sides.before.rules.get(id)?.conflict.length ?? 0;
      if (rules.conflict.length === 0 || was === rules.conflict.length) return [];
      const policies = rules.conflict.map(({ rule }) => rule.name);
      return [{ source: nameOf(at, id), policies }];
    }),
  );

/** Of those who read anything, who would do so under another login. */
async function presentAccounts(reader: Reader, { connections }: Outcome): Promise<Simulation['accounts']> {
  const all = connections.flatMap(({ loaded, accounts }) =>
    accounts.map((one) => ({ ...one, connectionKey: loaded.place.connectionKey })),
  );
  const names = new Map(
    (
      await namesOf(
        reader,
        all.map((one) => one.globalUserId),
      )
    ).map((one) => [one.globalUserId, one]),
  );
  const changes = all.slice(0, peopleShown).flatMap(({ globalUserId, ...rest }) => {
    const person = names.get(globalUserId);
    return person === undefined ? [] : [{ ...person, ...rest }];
  });
  return { count: all.length, changes };
}

/** Whose masks are lifted or laid, by name, with the columns. */
async function presentSights(reader: Reader, { connections }: Outcome): Promise<Simulation['sights']> {
  const people = new Map<string, { clear: string[]; hidden: string[] }>();
  for (const at of connections)
    for (const { globalUserId, clear, hidden } of at.sights) {
      const own = people.get(globalUserId) ?? { clear: [], hidden: [] };
      const named = (list: typeof clear) => list.map((one) => `${nameOf(at, one.dataSourceId)}.${one.column}`);
      people.set(globalUserId, { clear: [...own.clear, ...named(clear)], hidden: [...own.hidden, ...named(hidden)] });
    }
  const named = await namesOf(reader, [...people.keys()]);
  return {
    count: people.size,
    people: named.slice(0, peopleShown).flatMap((person) => {
      const seen = people.get(person.globalUserId);
      if (seen === undefined) return [];
      return [{ ...person, clear: seen.clear.slice(0, sourcesListed), hidden: seen.hidden.slice(0, sourcesListed) }];
    }),
  };
}

/** What readers would see otherwise. */
function presentMasks({ connections }: Outcome): Pick<Simulation, 'columns' | 'rows' | 'notEnforceable'> {
  const all = connections.flatMap((at) => {
    const named = (id: number) => nameOf(at, id);
    return at.masks.map((one) => ({
      columns: one.columns.map(({ dataSourceId, ...rest }) => ({ source: named(dataSourceId), ...rest })),
      rows: one.rows.map(({ dataSourceId, policyName, act }) => ({
        source: named(dataSourceId),
        policy: policyName,
        act,
      })),
      notEnforceable: one.notEnforceable.map((fault) => ({
        source: named(fault.dataSourceId),
        policy: fault.policyKey,
        reason: fault.reason,
      })),
    }));
  });
  const columns = all.flatMap((one) => one.columns);
  const rows = all.flatMap((one) => one.rows);
  return {
    columns: { count: columns.length, changes: columns.slice(0, sourcesListed) },
    rows: { count: rows.length, changes: rows.slice(0, sourcesListed) },
    notEnforceable: all.flatMap((one) => one.notEnforceable).slice(0, sourcesListed),
  };
}

function warningsOf(outcome: Outcome, gaining: Simulation['gaining']): SimulationWarning[] {
  const warnings: SimulationWarning[] = [];
  for (const change of outcome.changes) {
    if (change.change !== 'policy' || change.policy === null) continue;
    const { policy } = change;
    if (givesByAbsence(policy))
      warnings.push({
        code: 'NOT_OVER_MISSING_ATTRIBUTE',
        message: 'NOT is true also of people who have no value of the attribute, or are in no group at all.',
      });
    const acts = outcome.connections.some(({ sides }) =>
      sides.after.rules.groups.some((rules) =>
        [...rules.grants, ...rules.guardrails, ...rules.conflict].some(({ rule }) => rule.policyId === policy.id),
      ),
    );
    const masks = outcome.connections.some((one) =>
      one.masks.some(({ columns, rows }) => columns.length + rows.length > 0),
    );
    if (policy.type === 'data' ? !masks : !acts)
      warnings.push({ code: 'NO_SOURCE_MATCHED', message: 'It acts on no data source that is enabled now.' });
  }
  const isDegraded = outcome.connections.some(({ masks }) =>
    masks.some(({ columns }) => columns.some((column) => column.degradedTo !== null)),
  );
  if (isDegraded)
    warnings.push({
      code: 'MASK_DEGRADED',
      message: 'Some columns have a type that the mask does not fit; they are shown empty.',
    });
  const waiting = gaining.people.filter((person) => person.withoutAccount.length > 0).length;
  if (waiting > 0)
    warnings.push({
      code: 'NO_ACCOUNT',
      message: 'Some people have no account on a platform yet; their access there begins with it.',
    });
  return warnings;
}

const warningOfEnds = ({ count }: Simulation['endingExceptions']): SimulationWarning[] =>
  count === 0
    ? []
    : [
        {
          code: 'EXCEPTION_ENDS',
          message: `Approved masking exceptions of ${count === 1 ? 'one person' : `${count} people`} end for good with the masks; putting these in force again does not bring them back.`,
        },
      ];

/** What changes would come to, for people to read. */
export async function presentSimulation(
  reader: Reader,
  outcome: Outcome,
  { confirmLossOver }: { confirmLossOver: number },
): Promise<Simulation> {
  const gaining = await presentSide(reader, outcome, 'gained');
  const losing = await presentSide(reader, outcome, 'lost');
  const ending = await endingExceptions(reader, outcome);
  const touched = outcome.connections.map(
    ({ comparison }) => new Set(comparison.changes.flatMap((one) => [...one.gained, ...one.lost])).size,
  );
  const changed = new Set([...outcome.gaining, ...outcome.losing]);
  const same = new Set(outcome.connections.flatMap(({ comparison }) => comparison.unchanged));
  return {
    basedOn: outcome.basedOn,
    gaining,
    losing,
    unchanged: [...same].filter((id) => !changed.has(id)).length,
    sourceCount: touched.reduce((sum, count) => sum + count, 0),
    connections: outcome.connections.map(({ loaded, comparison }) => ({
      connectionKey: loaded.place.connectionKey,
      technology: loaded.place.technology,
      gaining: comparison.changes.filter((one) => one.gained.length > 0).length,
      losing: comparison.changes.filter((one) => one.lost.length > 0).length,
    })),
    accounts: await presentAccounts(reader, outcome),
    sights: await presentSights(reader, outcome),
    endingExceptions: ending,
    ...presentMasks(outcome),
    conflicts: conflictsOf(outcome).slice(0, sourcesListed),
    warnings: [...warningsOf(outcome, gaining), ...warningOfEnds(ending)],
    confirmLoss: losing.count > confirmLossOver,
  };
}
