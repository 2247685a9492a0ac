import { type AskedColumn, checkColumns, mostColumns } from '@stoa/core/review/check-columns';
import type { Reader } from '../../db/pool.ts';
import type { Draft } from '../access-request/prepare-request.ts';
import { refusalOf } from '../access-request/refusal-of.ts';
import { findKnownColumns, readExceptions } from './exception-columns.ts';

/**
 * The columns of a request for masked ones that it goes on with. What the person has asked for or holds already is left out;
 * refused when nothing is left, when a column is unknown, or when it has no mask that could be lifted. Judged behind the lock that
 * makes requests of one person for one target come one after the other.
 */
export async function judgeColumns(db: Reader, draft: Draft): Promise<readonly AskedColumn[]> {
  const { columns, beneficiary, target } = draft;
  const looked = columns.slice(0, mostColumns);
  const known = await findKnownColumns(db, looked, target.id);
  const exceptions = await readExceptions(db, beneficiary.globalUserId, looked);
  const now = draft.now.getTime();
  // What a request goes on from, or takes the place of, does not stand in its own way.
  const taken = exceptions.filter(
    ({ requestId, status, expiration }) =>
      requestId !== draft.asked?.id &&
      requestId !== draft.replaced?.id &&
      (status === 'PENDING' || (status === 'APPROVED' && (expiration === null || expiration > now))),
  );
  const checked = checkColumns(columns, known, taken);
  if (!checked.ok) throw refusalOf(checked);
  return checked.columns.map(({ sourceId, columnName }) => ({ sourceId, columnName }));
}
