import type { Deps } from '../deps.ts';
import type { Tx } from './pool.ts';
import { AfterCommit } from './transact.ts';

class TakenBack<T> extends Error {
  readonly answer: T;
  constructor(answer: T) {
    super('a rehearsal was taken back');
    this.answer = answer;
  }
}

/**
 * Runs an operation as `transact` does and takes all of it back: what it answers is exactly what the operation would do.
 * Nobody is woken, and no event leaves it.
 */
export async function rehearse<T>(
  deps: Pick<Deps, 'db' | 'within'>,
  work: (tx: Tx, after: AfterCommit) => Promise<T>,
): Promise<T> {
  if (deps.within !== undefined) return work(deps.within.tx, deps.within.after);
  try {
    return await deps.db.transaction().execute(async (tx): Promise<T> => {
      throw new TakenBack(await work(tx, new AfterCommit()));
    });
  } catch (error) {
    // Thrown a few lines above and nowhere else, so that its answer is a `T`.
    if (error instanceof TakenBack) return error.answer as T;
    throw error;
  }
}
