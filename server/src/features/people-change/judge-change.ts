import { createHash } from 'node:crypto';
import type { Operation } from '@stoa/contract/operation';
import { gainedByOneHand, type PeopleChangeReason } from '@stoa/contract/people-change';
import type { PersonRef } from '@stoa/core/person';
import { sql } from 'kysely';
import type { Reader, Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { mayConcernOver } from '../simulate/confirm-loss.ts';
import type { Look } from '../simulate/look-once.ts';
import type { Outcome } from '../simulate/weigh.ts';
import { rightsMoved } from './rights-moved.ts';

/** Why a change waits, whom it favours, and who gains access by it. */
export type Judged = {
  readonly reasons: readonly PeopleChangeReason[];
  /** Logins that are given a permission or gain access. */
  readonly favours: readonly string[];
  /** Logins that gain access, where more do than by one hand alone. */
  readonly gaining: readonly string[];
  /** How many people these are. */
  readonly gainingCount: number;
  /** A digest of who gains what. */
  readonly outcome: string;
  /** Another user admin is there who could confirm it. */
  readonly isOther: boolean;
};

type Judging = { readonly operation: Operation; readonly actor: PersonRef; readonly look: Look };

/** Judges what a transaction has done, under the locks of the change itself, so that nothing done meanwhile slips through. */
export async function judgeChange(
  deps: Deps,
  { tx, after }: { tx: Tx; after: AfterCommit },
  { operation, actor, look }: Judging,
): Promise<Judged> {
  const rights = await rightsMoved(deps, tx, actor);
  const isOfMany = operation.losing === 'many';
  const outcome =
    isOfMany && (await mayConcernOver({ tx, after }, gainedByOneHand)) ? gainedBy(await look(tx, after)) : noGain;
  const gainingCount = await countPeople(tx, outcome.gaining);
  if (gainingCount <= gainedByOneHand) return { ...rights, gaining: [], gainingCount: 0, outcome: '' };
  return {
    ...rights,
    reasons: [...rights.reasons, 'access'],
    favours: [...new Set([...rights.favours, ...outcome.gaining])],
    gaining: outcome.gaining,
    gainingCount,
    outcome: outcome.digest,
  };
}

type Gained = { readonly gaining: readonly string[]; readonly digest: string };
const noGain: Gained = { gaining: [], digest: '' };

/** Who reads a data source that they did not, a column in clear, or rows chosen by what they are otherwise. */
function gainedBy({ connections }: Outcome): Gained {
  const lines = new Set<string>();
  const gaining = new Set<string>();
  const add = (globalUserId: string, what: string): void => {
    gaining.add(globalUserId);
    lines.add(`${globalUserId} ${what}`);
  };
  for (const { comparison, sights, rowSights } of connections) {
    for (const one of comparison.changes) if (one.gained.length > 0) add(one.globalUserId, one.gained.join());
    for (const one of sights) if (one.clear.length > 0) add(one.globalUserId, JSON.stringify(one.clear));
    for (const one of rowSights) add(one.globalUserId, `rows ${one.dataSourceIds.join()}`);
  }
  const digest = createHash('sha256').update(JSON.stringify([...lines].sort()));
  return { gaining: [...gaining].sort(), digest: digest.digest('base64url') };
}

async function countPeople(db: Reader, logins: readonly string[]): Promise<number> {
  if (logins.length <= gainedByOneHand) return logins.length;
  const { rows } = await sql<{ count: number }>`
    select count(distinct person_id)::int as count from app_user where global_user_id = any(${[...logins]}::uuid[])`.execute(
    db,
  );
  return rows[0]?.count ?? 0;
}
