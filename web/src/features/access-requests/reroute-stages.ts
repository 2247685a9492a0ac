import type { ApprovalRecord } from '@stoa/contract/approval-record';
import type { Stage } from '@stoa/contract/review-flow';

/** The stages that the records of a request stand for: one record per stage was one decision, several were one each. */
export function stagesOfRecords(records: readonly ApprovalRecord[]): Stage[] {
  const current = records.filter((record) => record.leftBehind !== true);
  const numbers = [...new Set(current.map((record) => record.stage ?? 1))].sort((a, b) => a - b);
  return numbers.map((number): Stage => {
    const own = current.filter((record) => (record.stage ?? 1) === number);
    const sources = own.flatMap((record) => record.approvers);
    return own.length > 1 ? { all: sources } : { any: sources };
  });
}
