import { getAccessRequestProof, type ProofSpan } from '@stoa/contract/proof-history';
import { useState } from 'react';
import { useMay } from '../../app/current-user.ts';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { useReasonText } from './reason-text.ts';
import styles from './review.module.css';

/** As many as one reads; the file has them all. */
const shownAtMost = 50;

function useColumns(): Column<ProofSpan>[] {
  const t = useText();
  const reasonText = useReasonText();
  return [
    {
      key: 'platform',
      header: t('proofs.platform'),
      width: '30%',
      cell: ({ connectionKey, principal }) => (
        <Identifier prefix={connectionKey} value={principal ?? t('proofs.noLogin')} isCopyable={false} />
      ),
    },
    {
      key: 'answer',
      header: t('proofs.answer'),
      cell: ({ result, reason, probe }) => (
        <>
          <StatusMark kind="provisioning" value={result} detail={reason === null ? undefined : reasonText(reason)} />
          {probe !== null && <div className="mono small text-2">{probe}</div>}
        </>
      ),
    },
    {
      key: 'time',
      header: t('proofs.time'),
      width: '30%',
      cell: ({ observedAt, lastObservedAt }) => (
        <>
          <TimeStamp value={observedAt} />
          {lastObservedAt !== observedAt && (
            <div className="small text-2">
              <Say id="proofs.until" values={{ when: <TimeStamp value={lastObservedAt} /> }} />
            </div>
          )}
        </>
      ),
    },
  ];
}

function Proofs({ requestId }: { requestId: string }) {
  const t = useText();
  const may = useMay();
  const history = useOperation(getAccessRequestProof, { params: { id: requestId } });
  const columns = useColumns();
  const { proofs = [], isCut = false } = history.data ?? {};
  const left = proofs.length - shownAtMost;
  return (
    <>
      {isCut && <Banner>{t('proofs.cut')}</Banner>}
      <DataTable
        label={t('proofs.table')}
        columns={columns}
        rows={history.data?.proofs.slice(0, shownAtMost)}
        rowKey={(one) => `${one.connectionKey} ${one.observedAt} ${one.result} ${one.firstEventId}`}
        state={history}
        skeletonRows={2}
        hasRowKeys={false}
        empty={<p className="text-2">{t('proofs.none')}</p>}
      />
      {left > 0 && <p className="text-2">{t('proofs.more', { count: left })}</p>}
      {may('audit.read') && (
        <p>
          <LinkTo to="/audit" search={{ target: requestId }}>
            {t('proofs.audit')}
          </LinkTo>
        </p>
      )}
    </>
  );
}

/** What the platforms answered about a request from its first proof on, asked for once it is opened, and all of it as a file. */
export function ProofHistory({ requestId }: { requestId: string }) {
  const t = useText();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <div className={styles.plans}>
      <h3 className="group-label">{t('proofs.title')}</h3>
      <p>
        <ActionButton size="xs" label={t(isOpen ? 'proofs.hide' : 'proofs.show')} onClick={() => setIsOpen(!isOpen)} />{' '}
        <a href={`/api/access-request/${requestId}/proof/file`} download>
          {t('proofs.file')}
        </a>
      </p>
      {isOpen && <Proofs requestId={requestId} />}
    </div>
  );
}
