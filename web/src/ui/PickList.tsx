import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useText } from '../app/messages/use-text.tsx';
import type { ApiProblem } from '../lib/api-problem.ts';
import { ActionButton } from './ActionButton.tsx';
import { ErrorNotice } from './ErrorNotice.tsx';
import styles from './PickList.module.css';
import { changedChoice, type PickRow } from './pick-rows.ts';
import { SkeletonRows } from './Skeletons.tsx';

type Props = {
  /** What is picked; the accessible name. */
  readonly label: string;
  readonly rows: readonly PickRow[] | undefined;
  /** Rows of the whole list; more than `rows` when it is too long to be shown at once. */
  readonly total?: number | undefined;
  readonly chosen: ReadonlySet<string>;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
  readonly onSearch: (text: string) => void;
  readonly problem: ApiProblem | null;
  readonly empty: ReactNode;
  readonly isReadOnly?: boolean;
};

const Rows = lazy(() => import('./PickRows.tsx').then((module) => ({ default: module.PickRows })));

/** Picks many from a long list: search on the server, all of what is shown at once, a count of what is chosen. */
export function PickList(props: Props) {
  const { rows, total, chosen } = props;
  const t = useText();
  const [typed, setTyped] = useState('');
  const send = useDebouncedCallback(props.onSearch, 200);
  const shown = rows ?? [];
  const isAll = shown.length > 0 && shown.every((row) => chosen.has(row.id));
  const ids = shown.map((row) => row.id);
  return (
    <div className={styles.list}>
      <div className={styles.head}>
        <TextInput
          type="search"
          className={styles.search ?? ''}
          aria-label={t('ui.filter.search')}
          placeholder={t('ui.filter.search')}
          leftSection={<IconSearch size={16} stroke={1.75} aria-hidden="true" />}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            send(event.currentTarget.value.trim());
          }}
        />
        <span className={styles.count}>{t('ui.pick.chosen', { count: chosen.size })}</span>
        {props.isReadOnly !== true && shown.length > 0 && (
          <ActionButton
            size="xs"
            label={t(isAll ? 'ui.pick.none' : 'ui.pick.all', { count: shown.length })}
            onClick={() => props.onChange(changedChoice(chosen, ids, !isAll))}
          />
        )}
      </div>
      {props.problem !== null && <ErrorNotice problem={props.problem} isLastShown={rows !== undefined} />}
      {rows === undefined && props.problem === null && <SkeletonRows rows={6} />}
      {rows !== undefined && rows.length === 0 && <div className={styles.empty}>{props.empty}</div>}
      {shown.length > 0 && (
        <Suspense fallback={<SkeletonRows rows={6} />}>
          <Rows
            label={props.label}
            rows={shown}
            chosen={chosen}
            onChange={props.onChange}
            isReadOnly={props.isReadOnly === true}
          />
        </Suspense>
      )}
      {total !== undefined && total > shown.length && shown.length > 0 && (
        <p className={styles.more}>{t('ui.pick.tooMany', { shown: shown.length, total })}</p>
      )}
    </div>
  );
}
