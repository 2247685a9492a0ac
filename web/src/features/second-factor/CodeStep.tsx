import { useText } from '../../app/messages/use-text.tsx';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import styles from '../auth/AuthFrame.module.css';
import { CodeForm } from './CodeForm.tsx';

type Props = {
  readonly isBusy: boolean;
  readonly problem: ApiProblem | null;
  readonly onSubmit: (code: string) => void;
  readonly onBack: () => void;
};

/** The second step of a sign-in, in the place of the first. */
export function CodeStep({ isBusy, problem, onSubmit, onBack }: Props) {
  const t = useText();
  return (
    <div className={styles.form}>
      <p role="status">{t('secondFactor.step')}</p>
      <CodeForm
        label={t('signIn.submit')}
        isBusy={isBusy}
        problem={problem}
        onSubmit={onSubmit}
        beside={<ActionButton label={t('secondFactor.back')} onClick={onBack} />}
      />
    </div>
  );
}
