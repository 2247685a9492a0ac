import { useText } from '../../app/messages/use-text.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type Step, steps } from './connection-draft.ts';
import styles from './NewConnectionPage.module.css';

/** Where one is in the wizard; what lies behind can be gone back to. */
export function WizardSteps({ current }: { current: Step }) {
  const t = useText();
  const at = steps.indexOf(current);
  return (
    <ol className={styles.steps} aria-label={t('connections.new.steps')}>
      {steps.map((step, index) => (
        <li
          key={step}
          className={styles.step}
          data-state={index < at ? 'done' : index === at ? 'current' : 'next'}
          {...(index === at ? { 'aria-current': 'step' as const } : {})}
        >
          <span className={styles.number} aria-hidden="true">
            {index + 1}
          </span>
          {index < at ? (
            <LinkTo to="/admin/connections/new" search={{ step }} className={styles.stepLink ?? ''}>
              {t(`connections.new.step.${step}`)}
            </LinkTo>
          ) : (
            <span>{t(`connections.new.step.${step}`)}</span>
          )}
        </li>
      ))}
    </ol>
  );
}
