import type { RiskAssessment } from '@stoa/contract/assist';
import { useText } from '../../app/messages/use-text.tsx';
import styles from './assist.module.css';
import { RiskMark } from './RiskMark.tsx';

export type Computed = Extract<RiskAssessment, { recommendation: unknown }>;

export const isComputed = (assist: RiskAssessment): assist is Computed => 'recommendation' in assist;

export function Suggestion({ assist }: { assist: Computed }) {
  const t = useText();
  const days = assist.medianApprovalTimeWindowInDays ?? null;
  switch (assist.recommendation) {
    case 'APPROVED':
      return days === null
        ? t('reviews.assist.suggestsApproval')
        : t('reviews.assist.suggestsTime', { days: Math.max(1, Math.round(days)) });
    case 'DENIED':
      return t('reviews.assist.suggestsDenial');
    default:
      return t('reviews.assist.suggestsNothing');
  }
}

/** The advice in one line beside the decision, with the way to what it rests on. */
export function AssistLine({ assist }: { assist: RiskAssessment }) {
  const t = useText();
  if (!isComputed(assist)) return null;
  return (
    <p className={styles.line}>
      <RiskMark risk={assist.approvalRisk} />{' '}
      <span className="text-2">
        <Suggestion assist={assist} /> <a href="#assist">{t('reviews.assist.why')}</a>
      </span>
    </p>
  );
}
