import { PasswordInput, TextInput } from '@mantine/core';
import type { PreflightReport } from '@stoa/contract/connection';
import { useText } from '../../app/messages/use-text.tsx';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { SkeletonRows } from '../../ui/Skeletons.tsx';
import { CheckList } from './CheckList.tsx';
import styles from './NewConnectionPage.module.css';

/** User name and password of Stoa's account on the platform. */
export function CredentialFields(props: {
  readonly username: string;
  readonly password: string;
  readonly onUsername: (username: string) => void;
  readonly onPassword: (password: string) => void;
  readonly usernameError?: string | undefined;
  readonly passwordError?: string | undefined;
}) {
  const t = useText();
  return (
    <>
      <TextInput
        id="connection-username"
        required
        label={t('connections.field.username')}
        value={props.username}
        error={props.usernameError}
        maxLength={63}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => props.onUsername(event.currentTarget.value)}
      />
      <PasswordInput
        id="connection-password"
        required
        label={t('connections.field.password')}
        description={t('connections.field.passwordHint')}
        value={props.password}
        error={props.passwordError}
        maxLength={1024}
        autoComplete="new-password"
        onChange={(event) => props.onPassword(event.currentTarget.value)}
      />
    </>
  );
}

type ChecksProps = {
  readonly report: PreflightReport | undefined;
  readonly isStale: boolean;
  readonly isBusy: boolean;
  readonly problem: ApiProblem | null;
  readonly onRun: () => void;
};

/** Runs the checks and shows each answer with the SQL that mends what is wrong. */
export function Checks({ report, isStale, isBusy, problem, onRun }: ChecksProps) {
  const t = useText();
  return (
    <>
      <div className={styles.buttons}>
        {report !== undefined && <ActionButton label={t('connections.checks.again')} isBusy={isBusy} onClick={onRun} />}
        <span className={styles.hint} role="status">
          {isBusy ? t('connections.checks.running') : report === undefined ? t('connections.checks.none') : ''}
        </span>
      </div>
      {problem !== null && <ErrorNotice problem={problem} onRetry={onRun} />}
      {isBusy && report === undefined && <SkeletonRows rows={6} />}
      {isStale && report !== undefined && <Banner tone="warning">{t('connections.checks.changed')}</Banner>}
      {report !== undefined && <CheckList checks={report.checks} />}
    </>
  );
}
