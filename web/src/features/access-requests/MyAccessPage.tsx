import { listMemberships, type Membership } from '@stoa/contract/membership';
import { useState } from 'react';
import { accessTabs, type AccessTab } from '../../app/access-tabs.ts';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { FilterBar } from '../../ui/FilterBar.tsx';
import { FilteredEmpty } from '../../ui/FilteredEmpty.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Pager } from '../../ui/Pager.tsx';
import { PageTabs, usePageTab } from '../../ui/PageTabs.tsx';
import { SkeletonRows } from '../../ui/Skeletons.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './lists.module.css';
import { formOf, pageOf, useWaiting } from './membership-pages.ts';
import { PolicyAccess } from './PolicyAccess.tsx';
import { ProvisioningMark } from './ProvisioningMark.tsx';
import { type Revocable, RevokeDialog } from './RevokeDialog.tsx';
import { useExplain } from './use-explain.tsx';

const pageSize = 25;
const answered = { isPending: false, error: null, refetch: () => undefined };
const stateOfTab: Readonly<Record<AccessTab, 'active' | 'pending' | 'ended'>> = {
  active: 'active',
  pending: 'pending',
  expired: 'ended',
};

type Source = Membership['sources'][number];

/** Until when, or since when it is over. */
function End({ membership }: { membership: Membership }) {
  const t = useText();
  const { status, validTo } = membership;
  if (status === 'PENDING') return t('myAccess.asked');
  if (validTo === null) return status === 'APPROVED' ? t('myAccess.noEnd') : null;
  return (
    <Say
      id={status === 'APPROVED' ? 'myAccess.until' : 'myAccess.ended'}
      values={{ when: <TimeStamp value={validTo} style="date" withRelative isFocusable /> }}
    />
  );
}

function useSourceColumns(explain: (sourceId: number) => void): Column<Source>[] {
  const t = useText();
  return [
    {
      key: 'source',
      header: t('product.data.source'),
      width: '48%',
      cell: (source) => <Identifier prefix={source.connectionKey} value={source.objectPath.join('.')} />,
    },
    {
      key: 'state',
      header: t('requests.object.state'),
      cell: (source) => <StatusMark kind="provisioning" value={source.state} />,
    },
    {
      key: 'verified',
      header: t('product.data.verified'),
      cell: (source) =>
        source.lastVerifiedAt === null ? '' : <TimeStamp value={source.lastVerifiedAt} style="relative" />,
    },
    {
      key: 'why',
      header: t('product.data.why'),
      isHeaderHidden: true,
      width: '96px',
      cell: (source) => (
        <ActionButton
          size="xs"
          tone="quiet"
          label={t('product.data.why')}
          fullLabel={t('product.data.whyOf', { source: source.name })}
          onClick={() => explain(source.dataSourceId)}
        />
      ),
    },
  ];
}

type GrantProps = {
  readonly membership: Membership;
  /** A request for the same that waits: there is no second one to make. */
  readonly waiting: string | undefined;
  readonly explain: (sourceId: number) => void;
  readonly onGiveBack: (membership: Membership) => void;
};

function GrantActs({ membership, waiting, onGiveBack }: Omit<GrantProps, 'explain'>) {
  const t = useText();
  const { target, status, requestId } = membership;
  const product = target.name;
  const mayRenew = abilityOn(membership.abilities, 'renew').allowed;
  const extend = t(mayRenew ? 'marketplace.act.renew' : 'marketplace.act.extend');
  const mayExtend = target.registered && (mayRenew || abilityOn(membership.abilities, 'extend').allowed);
  return (
    <div className={styles.row}>
      {abilityOn(membership.abilities, 'accept').allowed && (
        <LinkTo look="primary" to="/requests/$id" params={{ id: requestId }}>
          {t('myAccess.accept')}
        </LinkTo>
      )}
      <LinkTo to="/requests/$id" params={{ id: requestId }}>
        {t('myAccess.request')}
      </LinkTo>
      {mayExtend && waiting !== undefined && (
        <LinkTo to="/requests/$id" params={{ id: waiting }}>
          {t(mayRenew ? 'myAccess.renewalAsked' : 'myAccess.extensionAsked')}
        </LinkTo>
      )}
      {mayExtend && waiting === undefined && (
        <LinkTo
          look="button"
          {...formOf(membership)}
          data-act="extend"
          aria-label={t('marketplace.act.of', { act: extend, product })}
        >
          {extend}
        </LinkTo>
      )}
      {status === 'APPROVED' && (
        <span data-act="give-back">
          <ActionButton
            label={t('requests.revoke.own')}
            fullLabel={t('myAccess.giveBackOf', { product })}
            ability={abilityOn(membership.abilities, 'revoke')}
            onClick={() => onGiveBack(membership)}
          />
        </span>
      )}
    </div>
  );
}

/** Leads to what it is about, once that has a page. */
function TargetName({ target }: { target: Membership['target'] }) {
  const page = pageOf({ target });
  if (page === undefined) return target.name;
  return (
    <LinkTo look="row" {...page}>
      {target.name}
    </LinkTo>
  );
}

/** One thing the reader has: how it came, until when, and each of its sources with what was proved last. */
function Grant({ membership, waiting, explain, onGiveBack }: GrantProps) {
  const t = useText();
  const { target, decidedBy, provisioning, sources, status } = membership;
  const columns = useSourceColumns(explain);
  return (
    <section className="ruled" aria-label={target.name} data-grant>
      <div className={styles.grantHead}>
        <div className={styles.grantTitle}>
          <h2>
            <TargetName target={target} />
          </h2>
          <p className={styles.row}>
            <ProvisioningMark
              provisioning={status === 'APPROVED' ? provisioning : undefined}
              otherwise={<StatusMark kind="request" value={status} />}
            />
            <span>
              <End membership={membership} />
            </span>
            {status === 'APPROVED' && (
              <span className="text-2">
                {decidedBy === null ? t('myAccess.byFlow') : t('myAccess.by', { who: decidedBy.name })}
              </span>
            )}
            {target.suspended && <span className="text-2">{t('marketplace.suspended')}</span>}
          </p>
        </div>
        <GrantActs membership={membership} waiting={waiting} onGiveBack={onGiveBack} />
      </div>
      {sources.length > 0 && (
        <DataTable
          label={t('myAccess.table', { product: target.name })}
          columns={columns}
          rows={sources}
          rowKey={(source) => String(source.dataSourceId)}
          state={answered}
          hasRowKeys={false}
          empty={null}
        />
      )}
    </section>
  );
}

/** `e` and Backspace act on the grant that holds the focus; giving back still asks once more. */
function useGrantKeys() {
  const t = useText();
  const act = (name: string) =>
    document.activeElement
      ?.closest('[data-grant]')
      ?.querySelector<HTMLElement>(`a[data-act="${name}"], [data-act="${name}"] button`)
      ?.click();
  useKeys([
    { keys: 'e', label: t('myAccess.keys.extend'), scope: 'page', run: () => act('extend') },
    { keys: 'Backspace', label: t('myAccess.keys.giveBack'), scope: 'page', run: () => act('give-back') },
  ]);
}

function Nothing({ tab }: { tab: AccessTab }) {
  const t = useText();
  const list = useListState();
  if (list.activeFilters.length > 0) return <FilteredEmpty list={list} />;
  return (
    <EmptyState
      title={t(`myAccess.empty.${tab}`)}
      text={t('myAccess.emptyText')}
      action={
        <LinkTo look="button" to="/search" search={{ state: 'AUTO' }}>
          {t('myAccess.auto')}
        </LinkTo>
      }
    />
  );
}

function Grants({ tab }: { tab: AccessTab }) {
  const list = useListState();
  const [ending, setEnding] = useState<Revocable>();
  const { explain, dialog } = useExplain();
  const query = {
    state: [stateOfTab[tab]],
    searchText: list.text('searchText'),
    offset: list.offset,
    limit: pageSize,
  };
  const found = useOperation(listMemberships, { query }, { keepPrevious: true });
  // On the tab that lists those that wait nobody asks again.
  const waiting = useWaiting(tab !== 'pending');
  useGrantKeys();
  const giveBack = ({ requestId, target, user }: Membership) =>
    setEnding({ requestId, target, person: user.name, isOwn: true });
  const total = found.data?.meta.totalCount ?? 0;
  return (
    <>
      {found.error !== null && (
        <ErrorNotice
          problem={found.error}
          onRetry={() => void found.refetch()}
          isLastShown={found.data !== undefined}
        />
      )}
      {found.isPending && <SkeletonRows rows={6} />}
      {found.data?.data.length === 0 && <Nothing tab={tab} />}
      <div className={styles.grants}>
        {(found.data?.data ?? []).map((membership) => (
          <Grant
            key={membership.requestId}
            membership={membership}
            waiting={waiting?.get(membership.target.id)}
            explain={explain}
            onGiveBack={giveBack}
          />
        ))}
      </div>
      <Pager paging={{ kind: 'offset', offset: list.offset, limit: pageSize, total, onChange: list.setOffset }} />
      {tab === 'active' && <PolicyAccess searchText={query.searchText} explain={explain} />}
      {ending !== undefined && <RevokeDialog what={ending} onClose={() => setEnding(undefined)} />}
      {dialog}
    </>
  );
}

/** What the reader may read, waits for, or once could. */
export function MyAccessPage() {
  const t = useText();
  const list = useListState();
  const tabs = accessTabs.map((value) => ({ value, label: t(`myAccess.tab.${value}`) }));
  const current = usePageTab(tabs);
  const tab = accessTabs.find((one) => one === current) ?? 'active';
  return (
    <>
      <PageHeader title={t('shell.nav.myAccess')} lead={t('myAccess.lead')} />
      <PageTabs tabs={tabs} label={t('myAccess.tabs')} />
      <FilterBar list={list} searchLabel={t('myAccess.search')} />
      <Grants key={tab} tab={tab} />
    </>
  );
}
