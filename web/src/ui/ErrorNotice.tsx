import { IconAlertTriangle } from '@tabler/icons-react';
import { useText } from '../app/messages/use-text.tsx';
import type { ApiProblem } from '../lib/api-problem.ts';
import { ActionButton } from './ActionButton.tsx';
import { EmptyState } from './EmptyState.tsx';
import styles from './ErrorNotice.module.css';
import { Identifier } from './Identifier.tsx';
import { whatHappened } from './problem-words.ts';

type Props = {
  readonly problem: ApiProblem;
  readonly onRetry?: () => void;
  /** It was on screen a moment ago, and now there is nothing to show. */
  readonly wasShown?: boolean;
  /** A read failed while an older answer is still on screen. */
  readonly isLastShown?: boolean;
  /** A write failed: when no clear answer came, nobody knows whether it was done. */
  readonly isWrite?: boolean;
};

/** What the server answers before it begins, or after it took everything back. */
const undone: ReadonlySet<string> = new Set(['server.overloaded', 'server.storage_full', 'audit.unavailable']);

function useSentences({ problem, isLastShown = false, isWrite = false }: Props) {
  const t = useText();
  const isUnreachable = problem.status === 0;
  const isUnclear = isWrite && (isUnreachable || problem.status >= 500) && !undone.has(problem.code);
  const unchanged = isUnclear
    ? t('ui.error.unclear')
    : isLastShown
      ? t('ui.error.lastShown')
      : isWrite
        ? t('ui.error.nothingChanged')
        : '';
  return {
    what: whatHappened(t, problem),
    unchanged,
    next: isUnreachable ? t('ui.error.unreachableNext') : problem.next || t('ui.error.unexpected'),
  };
}

/** Nothing is broken: what was asked for is not there, or is not for the reader. */
function Absence({ problem, wasShown = false }: Props) {
  const t = useText();
  if (wasShown) return <EmptyState kind="filtered" title={t('ui.error.gone')} text={t('ui.error.goneText')} />;
  const isDenied = problem.status === 403;
  return (
    <EmptyState
      kind={isDenied ? 'denied' : 'filtered'}
      title={isDenied ? t('ui.empty.noPermissionTitle') : problem.message}
      text={problem.detail}
    />
  );
}

/** A failure, where the content would be: what happened, what did not change, what to do. */
export function ErrorNotice(props: Props) {
  const isFirstRead = props.isWrite !== true && props.isLastShown !== true;
  if (isFirstRead && (props.problem.status === 403 || props.problem.status === 404)) {
    return <Absence {...props} />;
  }
  return props.problem.notice ?? <Failure {...props} />;
}

function Failure(props: Props) {
  const t = useText();
  const { what, unchanged, next } = useSentences(props);
  const { problem, onRetry } = props;
  return (
    <div role="alert" className={styles.notice}>
      <IconAlertTriangle size={20} stroke={1.75} className={styles.icon} aria-hidden="true" />
      <div className={styles.words}>
        <p className={styles.what}>{what}</p>
        {problem.detail !== '' && problem.detail !== what && <p>{problem.detail}</p>}
        <p>
          {unchanged} {next}
        </p>
        {problem.requestId !== undefined && (
          <p className={styles.id}>
            {t('ui.error.requestId', { id: '' })}
            <Identifier value={problem.requestId} maxLength={36} />
          </p>
        )}
      </div>
      {onRetry !== undefined && <ActionButton label={t('ui.error.retry')} onClick={onRetry} size="xs" />}
    </div>
  );
}
