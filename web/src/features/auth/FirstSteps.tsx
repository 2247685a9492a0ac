import { type MessageId, useText } from '../../app/messages/use-text.tsx';
import styles from './FirstSteps.module.css';

const steps: readonly MessageId[] = [
  'welcome.step.admin',
  'welcome.step.connection',
  'welcome.step.domain',
  'welcome.step.product',
];

/** The way from an empty installation to the first product; this page is the first of the steps. */
export function FirstSteps() {
  const t = useText();
  return (
    <ol className={styles.steps} aria-label={t('welcome.steps')}>
      {steps.map((step, at) => (
        <li key={step} className={styles.step} {...(at === 0 ? { 'aria-current': 'step' as const } : {})}>
          {t(step)}
        </li>
      ))}
    </ol>
  );
}
