import { type ReactNode, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { codeFaultOf } from './code-fault.ts';
import { CodeField } from './CodeField.tsx';
import styles from '../account/account.module.css';

type Props = {
  readonly label: string;
  readonly tone?: 'primary' | 'danger';
  readonly isBusy: boolean;
  readonly problem: ApiProblem | null;
  readonly isOfAppAlone?: boolean;
  readonly onSubmit: (code: string) => void;
  /** Another way out, beside the act. */
  readonly beside?: ReactNode;
};

/** One code and the act it is for. */
export function CodeForm({ label, tone = 'primary', isBusy, problem, isOfAppAlone = false, onSubmit, beside }: Props) {
  const t = useText();
  const [code, setCode] = useState('');
  const [isTried, setIsTried] = useState(false);
  /** What was sent last: a fault is told of that code and of no other. */
  const [sent, setSent] = useState('');
  const fault = code === sent ? codeFaultOf(problem) : undefined;
  const isElsewhere = problem !== null && problem.code !== 'auth.code_wanted' && codeFaultOf(problem) === undefined;
  return (
    <form
      noValidate
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        setIsTried(true);
        setSent(code);
        if (code.trim() !== '') onSubmit(code.trim());
      }}
    >
      {isElsewhere && <ErrorNotice problem={problem} isWrite />}
      <CodeField
        value={code}
        hasFocus
        isOfAppAlone={isOfAppAlone}
        error={isTried && code.trim() === '' ? t('secondFactor.missing') : fault}
        onChange={setCode}
      />
      <div className={styles.act}>
        <ActionButton type="submit" tone={tone} label={label} isBusy={isBusy} onClick={() => undefined} />
        {beside}
      </div>
    </form>
  );
}
