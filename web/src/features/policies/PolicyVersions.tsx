import { listPolicyVersions, type Policy, type PolicyVersion, readPolicyVersion } from '@stoa/contract/policy-resource';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { TextDifference } from '../../ui/TextDifference.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { PolicyStateMark } from './PolicyMarks.tsx';

const pageSize = 20;

function useColumns(): Column<PolicyVersion>[] {
  const t = useText();
  return [
    { key: 'version', header: t('policies.versions.version'), isNumeric: true, cell: (one) => one.version },
    { key: 'change', header: t('policies.versions.change'), cell: (one) => t(`policies.versions.${one.change}`) },
    { key: 'state', header: t('policies.column.state'), cell: (one) => <PolicyStateMark state={one.state} /> },
    { key: 'when', header: t('policies.versions.when'), cell: (one) => <TimeStamp value={one.createdAt} /> },
    { key: 'who', header: t('policies.versions.who'), cell: (one) => one.createdBy?.name ?? t('policies.byStoa') },
    {
      key: 'compare',
      header: t('policies.versions.compare'),
      isHeaderHidden: true,
      cell: (one) =>
        one.version > 1 && (
          <LinkTo
            to="."
            search={{ tab: 'versions', version: String(one.version) }}
            resetScroll={false}
            aria-label={t('policies.versions.compareOf', { version: one.version })}
          >
            {t('policies.versions.compare')}
          </LinkTo>
        ),
    },
  ];
}

/** What one version changed against the one before, member by member. */
function Compared({ id, version }: { id: string; version: number }) {
  const t = useText();
  const before = useOperation(readPolicyVersion, { params: { id, version: version - 1 } });
  const after = useOperation(readPolicyVersion, { params: { id, version } });
  const problem = before.error ?? after.error;
  const shown = (one: typeof after.data) =>
    one === undefined
      ? ''
      : JSON.stringify(
          { name: one.name, kind: one.kind, scope: one.scopeName ?? one.scope.kind, state: one.state, ...one.body },
          null,
          2,
        );
  return (
    <Section title={t('policies.versions.title', { from: version - 1, to: version })}>
      {problem !== null && <ErrorNotice problem={problem} />}
      {problem === null && (before.data === undefined || after.data === undefined) && <SkeletonText lines={6} />}
      {before.data !== undefined && after.data !== undefined && (
        <TextDifference before={shown(before.data)} after={shown(after.data)} />
      )}
    </Section>
  );
}

/** Every edit and every change of state; the one that is compared stands in the address. */
export function PolicyVersions({ policy }: { policy: Policy }) {
  const t = useText();
  const list = useListState();
  const query = { offset: list.offset, limit: pageSize };
  const versions = useOperation(listPolicyVersions, { params: { id: policy.id }, query }, { keepPrevious: true });
  const columns = useColumns();
  const total = versions.data?.meta.totalCount;
  const chosen = Number(list.text('version') ?? policy.version);
  return (
    <>
      <DataTable
        label={t('policies.tab.versions')}
        columns={columns}
        rows={versions.data?.data}
        rowKey={(one) => String(one.version)}
        state={versions}
        total={total}
        paging={list.paging(pageSize, total)}
        empty={null}
      />
      {chosen > 1 && chosen <= policy.version && <Compared key={chosen} id={policy.id} version={chosen} />}
    </>
  );
}
