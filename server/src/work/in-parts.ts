/** So many rows take a fraction of the time that a statement has. */
const rowsAtOnce = 5_000;
const partsAtOnce = 20;

/**
 * Does in parts what may concern any number of rows, each part a transaction of its own.
 * @param act does it for at most so many rows, and answers for how many it did
 * @returns whether there may be more: the caller comes again soon
 */
export async function inParts(act: (most: number) => Promise<number>): Promise<boolean> {
  for (let part = 0; part < partsAtOnce; part++) if ((await act(rowsAtOnce)) < rowsAtOnce) return false;
  return true;
}
