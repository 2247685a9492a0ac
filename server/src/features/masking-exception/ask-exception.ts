import type { FormInput } from '@stoa/contract/access-request';
import { type AskedColumn, checkColumns, mostColumns } from '@stoa/core/review/check-columns';
import type { Reader } from '../../db/pool.ts';
import type { TargetRef } from '../access-request/load-target.ts';
import { checkDraft, draftRequest } from '../access-request/prepare-request.ts';
import { refusalOf } from '../access-request/submit.ts';
import { findColumns, readExceptions } from './exception-columns.ts';

export type AskException = {
  actorId: string;
  target: TargetRef;
  beneficiaryId: string;
  form: FormInput | undefined;
  columns: readonly AskedColumn[];
};

/**
 * Judges a request for masked columns. It ends with a refusal always: no masking policy can be written yet, so that no
 * column has a mask, and only masked ones can be asked for.
 */
export async function askException(db: Reader, { columns, ...input }: AskException): Promise<never> {
  const draft = await draftRequest(db, { ...input, type: 'MASKING_EXCEPTION' }, 'read');
  // What else was asked for on this target does not stand in the way: columns are judged one by one.
  const allowed = checkDraft({ ...draft, earlier: [] });
  if (!allowed.ok) throw refusalOf(allowed);
  const looked = columns.slice(0, mostColumns);
  const found = await findColumns(db, looked, draft.target.id);
  const known = found.map((column) => ({ ...column, isMasked: false }));
  const exceptions = await readExceptions(db, input.beneficiaryId, looked);
  const now = draft.now.getTime();
  const taken = exceptions.filter(
    ({ status, expiration }) =>
      status === 'PENDING' || (status === 'APPROVED' && (expiration === null || expiration > now)),
  );
  const checked = checkColumns(columns, known, taken);
  if (checked.ok) throw new Error('a column has a mask although none can be made');
  throw refusalOf(checked);
}
