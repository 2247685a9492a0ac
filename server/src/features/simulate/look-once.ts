import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import type { Deps } from '../../deps.ts';
import { readMovedWorlds } from './moved-worlds.ts';
import { type Outcome, weigh } from './weigh.ts';

/** What follows from what a transaction has done. */
export type Look = (tx: Tx, after: AfterCommit) => Promise<Outcome>;

/** Looks once, however many rules ask: both sides of every connection are compiled for it. */
export function lookOnce(deps: Deps): Look {
  let outcome: Promise<Outcome> | undefined;
  return (tx, after) =>
    (outcome ??= readMovedWorlds(deps, { tx, after }, { needsMasks: false, all: false }).then((worlds) =>
      weigh(worlds, []),
    ));
}
