import type { ApprovalRecord } from '@stoa/contract/approval-record';
import { useIntl } from 'react-intl';
import { useText } from '../../app/messages/use-text.tsx';
import { useDurationText } from '../../ui/DurationPicker.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import styles from './review.module.css';
import { useReviewerText } from './reviewer-text.ts';

/** One slot: who decided it and why, or who may. */
export function RecordLine({ record }: { record: ApprovalRecord }) {
  const t = useText();
  const intl = useIntl();
  const reviewers = useReviewerText();
  const duration = useDurationText();
  const eligible = (record.eligible ?? []).map((person) => person.name);
  const isOpen = record.status === 'PENDING' || record.status === 'BLOCKED';
  const isNamed = record.approvers.every((approver) => approver.type === 'USER');
  const period =
    record.duration === null || record.durationUnit === null
      ? null
      : { duration: record.duration, durationUnit: record.durationUnit };
  return (
    <li>
      <StatusMark
        kind="request"
        value={record.status}
        detail={
          record.actionBy === undefined
            ? t('requests.stages.one', {
                count: record.approvers.length,
                reviewers: intl.formatList(record.approvers.map(reviewers), { type: 'conjunction' }),
              })
            : record.status === 'APPROVED'
              ? t('requests.stages.byFor', { who: record.actionBy.name, period: duration(period) })
              : t('requests.stages.by', { who: record.actionBy.name })
        }
      />
      {record.actionBy === undefined && isOpen && eligible.length > 0 && !isNamed && (
        <p className="small text-2">
          {t(record.status === 'BLOCKED' ? 'requests.stages.later' : 'requests.stages.eligible', {
            people: intl.formatList(eligible, { type: 'unit' }),
          })}
        </p>
      )}
      {isOpen && record.eligible?.length === 0 && <p className={styles.nobody}>{t('requests.stages.nobody')}</p>}
      {record.reason !== undefined && record.reason !== '' && <p className={styles.quote}>{record.reason}</p>}
    </li>
  );
}
