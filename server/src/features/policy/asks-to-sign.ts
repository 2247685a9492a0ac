import type { CheckedBody } from '@stoa/core/policy/check-draft';
import type { StoredPolicy } from '@stoa/contract/policy';

/** Whether owners are asked for another signature by an edit: when its author says so, or when none was asked for before. */
export const asksToSignAgain = (
  before: Pick<StoredPolicy, 'body'>,
  edit: { reCertify: boolean; body: CheckedBody['body'] },
): boolean => edit.body.certification !== undefined && (edit.reCertify || before.body.certification === undefined);
