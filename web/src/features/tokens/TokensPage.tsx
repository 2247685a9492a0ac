import { deleteToken, listTokens, type PersonalAccessToken } from '@stoa/contract/auth';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { CreateTokenDialog } from './CreateTokenDialog.tsx';
import styles from './TokensPage.module.css';

function useColumns(onRevoke: (token: PersonalAccessToken) => void): Column<PersonalAccessToken>[] {
  const t = useText();
  return [
    {
      key: 'description',
      header: t('tokens.column.description'),
      cell: (token) => (
        <span className={styles.name}>
          <span className={styles.description}>{token.description}</span>
          {token.prefix !== undefined && <span className="mono text-2">{token.prefix}…</span>}
        </span>
      ),
    },
    {
      key: 'created',
      header: t('tokens.column.created'),
      cell: (token) => (token.creationDate === undefined ? '' : <TimeStamp value={token.creationDate} style="date" />),
    },
    {
      key: 'expires',
      header: t('tokens.column.expires'),
      cell: (token) =>
        token.expirationDate === undefined ? (
          t('tokens.noEnd')
        ) : (
          <TimeStamp value={token.expirationDate} style="date" withRelative />
        ),
    },
    {
      key: 'lastUsed',
      header: t('tokens.column.lastUsed'),
      cell: (token) => (
        <span>
          {token.lastUsedAt === undefined ? t('tokens.neverUsed') : <TimeStamp value={token.lastUsedAt} />}
          {token.lastUsedFrom !== undefined && <span className="mono text-2"> {token.lastUsedFrom}</span>}
        </span>
      ),
    },
    {
      key: 'action',
      header: t('tokens.column.action'),
      isHeaderHidden: true,
      width: '112px',
      cell: (token) => (
        <ActionButton
          size="xs"
          label={t('tokens.revoke')}
          fullLabel={t('tokens.revokeThis', { description: token.description })}
          onClick={() => onRevoke(token)}
        />
      ),
    },
  ];
}

function useRevoke(onDone: () => void) {
  const t = useText();
  const announce = useAnnounce();
  return useCommand(deleteToken, {
    invalidates: [listTokens],
    onSuccess: () => {
      announce(t('tokens.revoked'));
      onDone();
    },
  });
}

/** The caller's own tokens: make one, see when each was used, end it. */
export function TokensPage() {
  const t = useText();
  const tokens = useOperation(listTokens, {});
  const [isCreating, setIsCreating] = useState(false);
  const [ending, setEnding] = useState<PersonalAccessToken>();
  const revoke = useRevoke(() => setEnding(undefined));
  const columns = useColumns(setEnding);
  const create = () => setIsCreating(true);
  useKeys([{ keys: 'n', label: t('tokens.create'), scope: 'page', run: create }]);
  useCommands([{ id: 'token-create', label: t('tokens.create'), group: 'page', keys: 'n', run: create }]);
  const description = ending?.description ?? '';
  return (
    <>
      <PageHeader
        title={t('tokens.title')}
        lead={t('tokens.lead')}
        action={<ActionButton label={t('tokens.create')} tone="primary" onClick={create} />}
      />
      <DataTable
        label={t('tokens.table')}
        columns={columns}
        rows={tokens.data}
        rowKey={(token) => token.tokenId}
        state={tokens}
        skeletonRows={4}
        empty={<EmptyState title={t('tokens.emptyTitle')} text={t('tokens.emptyText')} />}
      />
      <CreateTokenDialog isOpen={isCreating} onClose={() => setIsCreating(false)} />
      <ConfirmDialog
        isOpen={ending !== undefined}
        title={t('tokens.revokeTitle', { description })}
        confirmLabel={t('tokens.revoke')}
        isBusy={revoke.isPending}
        problem={revoke.error}
        onConfirm={() => ending !== undefined && revoke.mutate({ params: { id: ending.tokenId } })}
        onClose={() => {
          revoke.reset();
          setEnding(undefined);
        }}
      >
        <p>{t('tokens.revokeText')}</p>
      </ConfirmDialog>
    </>
  );
}
