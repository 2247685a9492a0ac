import { deleteToken, listTokens, type PersonalAccessToken } from '@stoa/contract/auth';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { CreateTokenDialog } from './CreateTokenDialog.tsx';
import { useTokenColumns } from './token-columns.tsx';

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
  const columns = useTokenColumns(setEnding);
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
