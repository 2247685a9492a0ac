import { NativeSelect, Textarea } from '@mantine/core';
import { listConnections } from '@stoa/contract/connection';
import { importLimits, importPeople, type ImportKind, type PeopleImport } from '@stoa/contract/people-import';
import { lazy, Suspense, useState } from 'react';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useListState } from '../../ui/list-search.ts';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { columnsOf, type ImportColumn, importKinds, saveText, settled, templateOf } from './import-files.ts';
import styles from '../users/People.module.css';

const ImportResult = lazy(() => import('./ImportResult.tsx').then((part) => ({ default: part.ImportResult })));

function Columns({ kind }: { kind: ImportKind }) {
  const t = useText();
  const columns: Column<ImportColumn>[] = [
    { key: 'name', header: t('import.column'), cell: (one) => <span className="mono">{one.name}</span> },
    { key: 'needed', header: t('import.needed'), cell: (one) => t(`import.needed.${one.needed}`) },
    { key: 'example', header: t('import.example'), cell: (one) => <span className="mono">{one.example}</span> },
  ];
  return (
    <DataTable
      label={t('import.columns')}
      columns={columns}
      rows={columnsOf(kind)}
      rowKey={(one) => one.name}
      state={settled}
      hasRowKeys={false}
      empty={null}
    />
  );
}

/** Which kind, and for names on a platform which one: both stand in the address. */
function Choices({ kind, connectionKey }: { kind: ImportKind; connectionKey: string }) {
  const t = useText();
  const list = useListState();
  const connections = useOperation(listConnections, { query: { limit: 1_000 } }, { enabled: kind === 'identities' });
  return (
    <>
      <NativeSelect
        label={t('import.kind')}
        description={t(`import.about.${kind}`)}
        value={kind}
        data={importKinds.map((value) => ({ value, label: t(`import.kind.${value}`) }))}
        onChange={(event) => list.setFilters({ kind: event.currentTarget.value, outcome: undefined })}
      />
      {kind === 'identities' && (
        <NativeSelect
          label={t('import.connection')}
          value={connectionKey}
          data={[
            { value: '', label: t('import.connectionChoose') },
            ...(connections.data?.data ?? []).map((one) => ({ value: one.connectionKey, label: one.connectionKey })),
          ]}
          onChange={(event) => list.setFilters({ connectionKey: event.currentTarget.value })}
        />
      )}
      {connections.error !== null && <ErrorNotice problem={connections.error} />}
      <div className={styles.buttons}>
        <b>{t('import.columns')}</b>
        <ActionButton
          size="xs"
          label={t('import.template')}
          onClick={() => saveText(templateOf(kind), `${kind}.csv`)}
        />
      </div>
      <Columns kind={kind} />
    </>
  );
}

type Tried = { readonly of: string; readonly csv: string; readonly answer: PeopleImport };

function whyNot(t: ReturnType<typeof useText>, csv: string, isPlaced: boolean): string | undefined {
  if (!isPlaced) return t('import.connectionChoose');
  if (csv.trim() === '') return t('import.nothing');
  if (csv.length > importLimits.letters) return t('import.tooLong', { count: csv.length });
  return undefined;
}

function Importer({ kind, connectionKey }: { kind: ImportKind; connectionKey: string }) {
  const t = useText();
  const [csv, setCsv] = useState('');
  const [tried, setTried] = useState<Tried>();
  const of = `${kind} ${connectionKey}`;
  const place = kind === 'identities' ? { connectionKey } : {};
  const trial = useCommand(importPeople, {
    onSuccess: (answer, input) => setTried({ of, csv: input.body.csv, answer }),
  });
  const why = whyNot(t, csv, kind !== 'identities' || connectionKey !== '');
  const isStale = tried !== undefined && (tried.of !== of || tried.csv !== csv);
  const run = () => trial.mutate({ params: { kind }, query: { dryRun: true }, body: { csv, ...place } });
  return (
    <>
      <Section title={t(`import.kind.${kind}`)}>
        <div className={`form-column ${styles.form}`}>
          <Choices kind={kind} connectionKey={connectionKey} />
          <label className={styles.buttons}>
            <span>{t('import.file')}</span>
            <input
              type="file"
              accept=".csv,.txt,text/csv,text/plain"
              onChange={(event) => {
                const file = event.currentTarget.files?.[0];
                if (file !== undefined) void file.text().then(setCsv);
              }}
            />
          </label>
          <Textarea
            label={t('import.paste')}
            description={t('import.pasteHint')}
            value={csv}
            autosize
            minRows={5}
            maxRows={12}
            spellCheck={false}
            classNames={{ input: 'mono' }}
            onChange={(event) => setCsv(event.currentTarget.value)}
          />
          <div className={styles.buttons}>
            <ActionButton
              tone={tried === undefined || isStale ? 'primary' : 'default'}
              label={t('import.try')}
              ability={why === undefined ? { allowed: true } : { allowed: false, reason: why }}
              isBusy={trial.isPending}
              onClick={run}
            />
            <span role="status" className="text-2">
              {trial.isPending ? t('import.trying') : isStale ? t('import.stale') : ''}
            </span>
          </div>
          {trial.error !== null && <ErrorNotice problem={trial.error} onRetry={run} />}
        </div>
      </Section>
      {tried !== undefined && !isStale && (
        <Suspense fallback={<SkeletonText lines={6} />}>
          <ImportResult
            key={tried.answer.digest}
            csv={tried.csv}
            place={place}
            tried={tried.answer}
            onAgain={() => {
              setCsv('');
              setTried(undefined);
            }}
          />
        </Suspense>
      )}
    </>
  );
}

/** People, groups, members, attributes and names on platforms from a file: tried, looked at, applied. */
export function ImportPage() {
  const t = useText();
  const may = useMay();
  const list = useListState();
  const kind = importKinds.find((one) => one === list.text('kind')) ?? 'users';
  return (
    <>
      <PageHeader
        title={t('import.title')}
        section={t('people.title')}
        lead={t('import.lead')}
        secondary={
          <LinkTo look="button" to="/admin/people">
            {t('import.back')}
          </LinkTo>
        }
      />
      {may('user.manage') ? (
        <Importer kind={kind} connectionKey={list.text('connectionKey') ?? ''} />
      ) : (
        <EmptyState kind="denied" title={t('ui.empty.noPermissionTitle')} text={t('import.lead')} />
      )}
    </>
  );
}
