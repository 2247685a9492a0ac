import { NativeSelect } from '@mantine/core';
import {
  compareRequestFormVersions,
  getRequestFormByVersion,
  listRequestFormVersions,
  type RequestForm,
  type RequestFormVersion,
} from '@stoa/contract/request-form';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { type ListState, useListState } from '../../ui/list-search.ts';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { DifferenceList, PolicyDifference } from './DifferenceList.tsx';
import { linesOf } from './difference-words.ts';
import { draftOfForm, type FormDraft } from './form-draft.ts';
import styles from './forms.module.css';

const pageSize = 20;
const mostToCompare = 200;

function useColumns(shown: string): Column<RequestFormVersion>[] {
  const t = useText();
  return [
    {
      key: 'number',
      header: t('forms.versions.number'),
      cell: (one) => (
        <LinkTo
          look="row"
          to="."
          search={(before) => ({ ...before, version: one.version, from: undefined })}
          resetScroll={false}
          aria-current={one.version === shown ? 'true' : undefined}
        >
          {t(one.isCurrent ? 'forms.versions.current' : 'forms.versions.n', { n: one.number })}
        </LinkTo>
      ),
    },
    { key: 'who', header: t('forms.versions.who'), cell: (one) => one.createdBy.name },
    { key: 'when', header: t('forms.versions.when'), cell: (one) => <TimeStamp value={one.createdAt} /> },
    {
      key: 'requests',
      header: t('forms.versions.requests'),
      isNumeric: true,
      cell: (one) => one.requests,
    },
    {
      key: 'pending',
      header: t('forms.versions.pending'),
      isNumeric: true,
      cell: (one) => one.pendingRequests,
    },
  ];
}

type Shown = { readonly form: RequestForm; readonly version: string; readonly list: ListState };

/** What one version changed against the one before it, or against any other. */
function Difference({
  form,
  version,
  list,
  onTake,
}: Shown & { onTake: ((draft: FormDraft, n: number) => void) | undefined }) {
  const t = useText();
  const from = list.text('from');
  const params = { id: form.id, version };
  const compared = useOperation(
    compareRequestFormVersions,
    { params, query: from === undefined ? {} : { from } },
    { keepPrevious: true },
  );
  const all = useOperation(listRequestFormVersions, { params: { id: form.id }, query: { limit: mostToCompare } });
  const content = useOperation(getRequestFormByVersion, { params: { version } });
  if (compared.error !== null) return <ErrorNotice problem={compared.error} onRetry={() => void compared.refetch()} />;
  if (compared.data === undefined) return <SkeletonText lines={4} />;
  const { from: before, to, difference } = compared.data;
  const others = (all.data?.data ?? []).filter((one) => one.version !== version);
  return (
    <Section
      title={
        before === null
          ? t('forms.versions.first')
          : t('forms.versions.difference', { from: before.number, to: to.number })
      }
      action={
        onTake !== undefined &&
        version !== form.version &&
        content.data !== undefined && (
          <ActionButton
            size="xs"
            label={t('forms.versions.take', { n: to.number })}
            onClick={() => content.data !== undefined && onTake(draftOfForm(content.data), to.number)}
          />
        )
      }
    >
      {before !== null && (
        <NativeSelect
          className={styles.compare ?? ''}
          label={t('forms.versions.compareWith')}
          data={others.map((one) => ({ value: one.version, label: t('forms.versions.n', { n: one.number }) }))}
          value={before.version}
          onChange={(event) => list.setFilters({ from: event.currentTarget.value })}
        />
      )}
      {linesOf(difference).length === 0 ? (
        <p className="text-2">{t('forms.versions.same')}</p>
      ) : (
        <DifferenceList difference={difference} />
      )}
      {difference.policy !== undefined && (
        <PolicyDifference policy={difference.policy} fields={[...form.fields, ...(content.data?.fields ?? [])]} />
      )}
    </Section>
  );
}

/** Every version: who saved it, when, what was asked under it, and what it changed. */
export function VersionsTab({
  form,
  onTake,
}: {
  form: RequestForm;
  onTake: ((draft: FormDraft, n: number) => void) | undefined;
}) {
  const t = useText();
  const list = useListState();
  const version = list.text('version') ?? form.version;
  const versions = useOperation(
    listRequestFormVersions,
    { params: { id: form.id }, query: { offset: list.offset, limit: pageSize } },
    { keepPrevious: true },
  );
  const columns = useColumns(version);
  const total = versions.data?.meta.totalCount;
  return (
    <div className={styles.stack}>
      <p className="text-2 small">{t('forms.versions.lead')}</p>
      <DataTable
        label={t('forms.versions.table')}
        columns={columns}
        rows={versions.data?.data}
        rowKey={(one) => one.version}
        state={versions}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={null}
      />
      <Difference form={form} version={version} list={list} onTake={onTake} />
    </div>
  );
}
