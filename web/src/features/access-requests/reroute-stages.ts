import type { ApprovalRecord } from '@stoa/contract/approval-record';
import type { Stage } from '@stoa/contract/review-flow';

const numberOf = (record: ApprovalRecord): number => record.stage ?? 1;
const inForce = (records: readonly ApprovalRecord[]): readonly ApprovalRecord[] =>
  records.filter((record) => record.leftBehind !== true);
const stageNumbers = (records: readonly ApprovalRecord[]): readonly number[] =>
  [...new Set(records.map(numberOf))].sort((a, b) => a - b);

/** The stages that the records of a request stand for: one record per stage was one decision, several were one each. */
export function stagesOfRecords(records: readonly ApprovalRecord[]): Stage[] {
  const current = inForce(records);
  return stageNumbers(current).map((number): Stage => {
    const own = current.filter((record) => numberOf(record) === number);
    const sources = own.flatMap((record) => record.approvers);
    return own.length > 1 ? { all: sources } : { any: sources };
  });
}

/** For each of these stages, whether a part of it is open that nobody can decide. */
export function stuckStages(records: readonly ApprovalRecord[]): boolean[] {
  const current = inForce(records);
  return stageNumbers(current).map((number) =>
    current.some(
      (record) =>
        numberOf(record) === number &&
        (record.status === 'PENDING' || record.status === 'BLOCKED') &&
        record.eligible?.length === 0,
    ),
  );
}
