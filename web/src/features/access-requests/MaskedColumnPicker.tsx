import { Checkbox, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { ProductColumn } from '@stoa/contract/data-product';
import type { AccessStatus } from '@stoa/contract/enums';
import { previewMaskingExceptionColumns } from '@stoa/contract/masking-exception-column';
import { IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import type { ApiProblem } from '../../lib/api-problem.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { RedactionHatch } from '../../ui/RedactionHatch.tsx';
import { SkeletonRows } from '../../ui/Skeletons.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { goneOf, keyOfColumn, maskOf, mostColumns, pickableOf } from './column-choice.ts';
import styles from './column-picker.module.css';
import { nameOfKey } from './request-draft.ts';
import type { ColumnsPage, ColumnsQuery, RequestTarget } from './request-target.ts';

const shownAtFirst = 50;

type Props = {
  readonly target: RequestTarget;
  /** The way to the request for the data itself. */
  readonly plain: ReactNode;
  /** Whose exceptions are looked up: what they have or wait for cannot be asked for again. */
  readonly beneficiary: string;
  /** `sourceId/columnName` of each chosen column. */
  readonly chosen: readonly string[];
  /** Those of the request whose place this one takes: that they are asked for does not stand in the way. */
  readonly own: readonly string[];
  readonly onChange: (chosen: string[]) => void;
};

function useColumnsQuery(target: RequestTarget, query: ColumnsQuery, enabled = true) {
  return useQuery<ColumnsPage, ApiProblem>({
    enabled,
    queryKey: ['request-columns', target.type, target.id, query],
    queryFn: ({ signal }) => target.readColumns(query, { signal }),
    placeholderData: keepPreviousData,
    meta: { path: target.columnsPath },
  });
}

function useColumns(target: RequestTarget, maskedOnly: boolean, searchText: string) {
  const [limit, setLimit] = useState(shownAtFirst);
  const found = useColumnsQuery(target, { maskedOnly, limit, ...(searchText === '' ? {} : { searchText }) });
  return { found, showMore: () => setLimit(mostColumns) };
}

/** How the columns that are shown stand for the person, by their keys; nothing is said of `own`. */
function useStatuses(
  { beneficiary, own }: Pick<Props, 'beneficiary' | 'own'>,
  columns: readonly ProductColumn[],
): ReadonlyMap<string, AccessStatus> {
  const asked = columns.slice(0, mostColumns).map(({ sourceId, name }) => ({ sourceId, name }));
  const body = { requesteeGlobalUserId: beneficiary, columns: asked };
  const statuses = useOperation(previewMaskingExceptionColumns, { body }, { enabled: asked.length > 0 });
  const known = (statuses.data?.statuses ?? []).flatMap((one): [string, AccessStatus][] =>
    one.currentStatus === null
      ? []
      : [[keyOfColumn({ sourceId: one.sourceId, name: one.columnName }), one.currentStatus]],
  );
  return new Map(known.filter(([key]) => !own.includes(key)));
}

function Search({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const t = useText();
  return (
    <TextInput
      type="search"
      className={styles.search}
      aria-label={t('asking.columns.search')}
      placeholder={t('asking.columns.search')}
      leftSection={<IconSearch size={16} stroke={1.75} aria-hidden="true" />}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

const Name = ({ column }: { column: ProductColumn }) => (
  <span className={styles.name}>
    <span className="mono">{column.name}</span> <span className="text-2">{column.sourceName}</span>
  </span>
);

function Row({ column, status }: { column: ProductColumn; status: AccessStatus | undefined }) {
  const t = useText();
  const mask = maskOf(column);
  const isOpen = pickableOf(column, status);
  const side = (
    <span className={styles.side}>
      {status !== undefined && <StatusMark kind="request" value={status} />}
      {mask === undefined ? (
        <span className="text-2">{t('asking.columns.noMask')}</span>
      ) : (
        <RedactionHatch mask={mask} />
      )}
    </span>
  );
  return (
    <li className={styles.row}>
      {isOpen ? <Checkbox value={keyOfColumn(column)} label={<Name column={column} />} /> : <Name column={column} />}
      {side}
    </li>
  );
}

function Rows({
  columns,
  statuses,
}: {
  columns: readonly ProductColumn[];
  statuses: ReadonlyMap<string, AccessStatus>;
}) {
  return (
    <ul className={styles.rows}>
      {columns.map((column) => (
        <Row key={keyOfColumn(column)} column={column} status={statuses.get(keyOfColumn(column))} />
      ))}
    </ul>
  );
}

/** Nothing has a mask: said once above, and again at each column. */
function NothingMasked({ plain }: { plain: ReactNode }) {
  const t = useText();
  return (
    <Banner action={plain}>
      <strong>{t('asking.form.noMasked')}</strong> {t('asking.columns.noMaskedText')}
    </Banner>
  );
}

/** What is chosen and has no box in the list: behind a search or further down, or not to be had any more. */
function AlsoChosen({ keys, onRemove }: { keys: readonly string[]; onRemove: (key: string) => void }) {
  const t = useText();
  if (keys.length === 0) return null;
  return (
    <section aria-label={t('asking.columns.alsoChosen')}>
      <p className="small text-2">{t('asking.columns.alsoChosen')}</p>
      <ul className={styles.rows}>
        {keys.map((key) => (
          <li key={key} className={styles.row}>
            <span className="mono">{nameOfKey(key)}</span>
            <ActionButton
              size="xs"
              tone="quiet"
              label={t('asking.columns.remove')}
              fullLabel={t('asking.columns.removeOf', { name: nameOfKey(key) })}
              onClick={() => onRemove(key)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Leaves out what a draft chose and is not masked here any more, and tells which that was. */
function useLeftOut({ target, chosen, onChange }: Props): readonly string[] {
  const [isRestored] = useState(chosen.length > 0);
  const all = useColumnsQuery(target, { maskedOnly: true, limit: mostColumns }, isRestored);
  const [leftOut, setLeftOut] = useState<readonly string[]>([]);
  const isWhole = all.data !== undefined && all.data.meta.totalCount <= all.data.data.length;
  const gone = isWhole ? goneOf(chosen, all.data.data) : [];
  useEffect(() => {
    if (gone.length === 0) return;
    setLeftOut((before) => [...new Set([...before, ...gone])]);
    onChange(chosen.filter((key) => !gone.includes(key)));
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once for what is gone, whoever listens by then
  }, [gone.join('\n')]);
  return leftOut;
}

type ListProps = Props & { readonly hasMasks: boolean };

function ColumnList({ target, beneficiary, chosen, own, onChange, hasMasks }: ListProps) {
  const t = useText();
  const [typed, setTyped] = useState('');
  const [searchText] = useDebouncedValue(typed.trim(), 200);
  const { found, showMore } = useColumns(target, hasMasks, searchText);
  const columns = found.data?.data ?? [];
  const statuses = useStatuses({ beneficiary, own }, columns);
  const total = found.data?.meta.totalCount ?? 0;
  const offered = new Set(
    columns.filter((column) => pickableOf(column, statuses.get(keyOfColumn(column)))).map(keyOfColumn),
  );
  if (found.error !== null) return <ErrorNotice problem={found.error} onRetry={() => void found.refetch()} />;
  const list: ReactNode =
    found.data === undefined ? (
      <SkeletonRows rows={6} />
    ) : columns.length === 0 ? (
      <p className="text-2">{t(searchText === '' ? 'asking.columns.none' : 'asking.columns.notFound')}</p>
    ) : (
      <Rows columns={columns} statuses={statuses} />
    );
  return (
    <>
      <Search value={typed} onChange={setTyped} />
      {hasMasks ? (
        <Checkbox.Group label={t('asking.form.columns')} value={[...chosen]} onChange={onChange}>
          {list}
        </Checkbox.Group>
      ) : (
        list
      )}
      {found.data !== undefined && (
        <AlsoChosen
          keys={chosen.filter((key) => !offered.has(key))}
          onRemove={(key) => onChange(chosen.filter((other) => other !== key))}
        />
      )}
      <p className={styles.foot} role="status">
        <span>{t('asking.columns.shown', { shown: columns.length, total })}</span>
        {hasMasks && <span>{t('asking.columns.chosen', { count: chosen.length, most: mostColumns })}</span>}
        {columns.length < Math.min(total, mostColumns) && (
          <ActionButton size="xs" tone="quiet" label={t('ui.table.loadMore')} onClick={showMore} />
        )}
        {columns.length === mostColumns && total > mostColumns && <span>{t('asking.columns.tooMany')}</span>}
      </p>
    </>
  );
}

/**
 * The columns of a target, to choose those one asks to see in clear. Only a masked one can be chosen, and only once;
 * where nothing is masked the columns are shown all the same, each saying so.
 */
export function MaskedColumnPicker(props: Props) {
  const t = useText();
  const masks = useColumnsQuery(props.target, { maskedOnly: true, limit: 1 });
  const leftOut = useLeftOut(props);
  if (masks.error !== null) return <ErrorNotice problem={masks.error} onRetry={() => void masks.refetch()} />;
  if (masks.data === undefined) return <SkeletonRows rows={6} />;
  const hasMasks = masks.data.meta.totalCount > 0;
  return (
    <div className={styles.picker}>
      {leftOut.length > 0 && (
        <Banner tone="warning">
          {t('asking.columns.leftOut', { count: leftOut.length, names: leftOut.map(nameOfKey).join(', ') })}
        </Banner>
      )}
      {!hasMasks && <NothingMasked plain={props.plain} />}
      <ColumnList {...props} hasMasks={hasMasks} />
    </div>
  );
}
