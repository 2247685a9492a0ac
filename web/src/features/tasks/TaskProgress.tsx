import { Progress } from '@mantine/core';
import { getTask, type Task } from '@stoa/contract/task';
import { useEffect, useRef } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import styles from './TaskProgress.module.css';

const askEveryMs = 1_000;

type End = Exclude<Task['status'], 'QUEUED' | 'RUNNING'>;

const endOf = (task: Task | undefined): End | undefined =>
  task === undefined || task.status === 'QUEUED' || task.status === 'RUNNING' ? undefined : task.status;

type Props = { readonly taskId: string; readonly label: string; readonly onEnd?: (status: End) => void };

/** Work that goes on after the answer: how far it has come, and how it ended. One may leave the page meanwhile. */
export function TaskProgress({ taskId, label, onEnd }: Props) {
  const t = useText();
  const input = { params: { taskId } };
  const known = useOperation(getTask, input).data;
  // Events may be missed; asking is cheap and ends with the work.
  const { data: task, error } = useOperation(
    getTask,
    input,
    endOf(known) === undefined ? { refetchIntervalMs: askEveryMs } : {},
  );
  const ended = endOf(task);
  const end = useRef(onEnd);
  useEffect(() => {
    end.current = onEnd;
  });
  useEffect(() => {
    if (ended !== undefined) end.current?.(ended);
  }, [ended]);
  if (error !== null) return <ErrorNotice problem={error} isLastShown={task !== undefined} />;
  const total = task?.total ?? null;
  const share = total === null || total === 0 ? 0 : ((task?.done ?? 0) / total) * 100;
  const words =
    total === null
      ? t('tasks.doneOf.unknown', { done: task?.done ?? 0 })
      : t('tasks.doneOf', { done: task?.done ?? 0, total });
  return (
    <div className={styles.task} data-status={task?.status ?? 'QUEUED'} aria-busy={ended === undefined || undefined}>
      <p className={styles.words}>
        <b>{label}</b>
        <span>{t(`tasks.status.${task?.status ?? 'QUEUED'}`)}</span>
        <span className="text-2 num">{words}</span>
      </p>
      {ended === undefined && (
        <Progress value={total === null ? 100 : share} animated={total === null} size="sm" aria-label={label} />
      )}
      {task?.error !== undefined && <p className={styles.error}>{task.error}</p>}
      {task?.message !== undefined && task.error === undefined && <p className="text-2 small">{task.message}</p>}
    </div>
  );
}
