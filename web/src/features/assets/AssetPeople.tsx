import { type AccessRequest, searchAccessRequests } from '@stoa/contract/access-request';
import { getRecentAssetDeterminations, type ObjectAsset } from '@stoa/contract/asset';
import { useState } from 'react';
import { useCurrentUser } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { type Revocable, RevokeDialog, revocableOf } from '../access-requests/RevokeDialog.tsx';
import styles from './assets.module.css';

const pageSize = 25;

function useColumns(onRevoke: (request: AccessRequest) => void): Column<AccessRequest>[] {
  const t = useText();
  return [
    {
      key: 'who',
      header: t('assetPeople.who'),
      width: '30%',
      cell: (request) => (
        <LinkTo look="row" to="/requests/$id" params={{ id: request.id }}>
          {request.user.name}
        </LinkTo>
      ),
    },
    {
      key: 'since',
      header: t('assetPeople.since'),
      cell: (request) => <TimeStamp value={request.decidedAt ?? request.createdAt} style="date" />,
    },
    {
      key: 'until',
      header: t('assetPeople.until'),
      cell: (request) =>
        request.expiration === undefined ? (
          t('ui.duration.unlimited')
        ) : (
          <TimeStamp value={request.expiration} style="date" withRelative />
        ),
    },
    {
      key: 'state',
      header: t('assetPeople.state'),
      cell: (request) => <StatusMark kind="provisioning" value={request.provisioning?.state ?? 'NONE'} />,
    },
    {
      key: 'action',
      header: t('assets.column.action'),
      isHeaderHidden: true,
      width: '96px',
      cell: (request) => (
        <ActionButton
          size="xs"
          label={t('assetPeople.revoke')}
          fullLabel={t('assetPeople.revokeOf', { who: request.user.name })}
          ability={abilityOn(request.abilities, 'revoke')}
          onClick={() => onRevoke(request)}
        />
      ),
    },
  ];
}

/** The latest decisions, for those who may assess requests for the asset. */
function Decisions({ id }: { id: string }) {
  const t = useText();
  const recent = useOperation(getRecentAssetDeterminations, { params: { id } });
  if (recent.error !== null) return <ErrorNotice problem={recent.error} onRetry={() => void recent.refetch()} />;
  if (recent.data === undefined) return <SkeletonText lines={3} />;
  const { determinations } = recent.data;
  if (determinations.length === 0) return <p className="text-2">{t('assetPeople.noDecisions')}</p>;
  return (
    <ul className={styles.decisions}>
      {determinations.map((one) => (
        <li key={one.id}>
          <p>{t('assetPeople.decision', { status: one.status, who: one.user.name })}</p>
          <p className="small text-2">
            {one.actionBy !== null && <span>{t('assetPeople.by', { who: one.actionBy.name })} </span>}
            {one.reason}
          </p>
        </li>
      ))}
    </ul>
  );
}

/** Who has access by a request for this very asset, and how such requests were decided lately. */
export function AssetPeople({ asset }: { asset: ObjectAsset }) {
  const t = useText();
  const me = useCurrentUser();
  const list = useListState();
  const [ending, setEnding] = useState<Revocable>();
  const query = {
    assetId: asset.id,
    type: ['DATA_ACCESS' as const],
    status: ['APPROVED' as const],
    offset: list.offset,
    limit: pageSize,
  };
  const members = useOperation(searchAccessRequests, { query }, { keepPrevious: true });
  const columns = useColumns((request) => setEnding(revocableOf(request, me?.globalUserId)));
  const total = members.data?.meta.totalCount;
  return (
    <>
      <Section title={t('assetPeople.members')} lead={t('assetPeople.membersLead')}>
        <DataTable
          label={t('assetPeople.members')}
          columns={columns}
          rows={members.data?.data}
          rowKey={(request) => request.id}
          state={members}
          total={total}
          paging={list.paging(pageSize, total)}
          empty={<EmptyState title={t('assetPeople.empty')} text={t('assetPeople.emptyText')} />}
        />
      </Section>
      {asset.abilities?.assess?.allowed === true && (
        <Section title={t('assetPeople.decisions')}>
          <Decisions id={asset.id} />
        </Section>
      )}
      {ending !== undefined && <RevokeDialog what={ending} onClose={() => setEnding(undefined)} />}
    </>
  );
}
