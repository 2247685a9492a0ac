import type { PersonalAccessToken } from '@stoa/contract/auth';
import type { UserDetail } from '@stoa/contract/user';
import { deleteUserToken, listUserTokens } from '@stoa/contract/user-token';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import { useTokenColumns } from '../tokens/token-columns.tsx';

const atOnce = 20;

/** The tokens of somebody else, and the way to end one. One's own are under one's account. */
export function TokensOf({ user }: { user: UserDetail }) {
  const t = useText();
  const ability = abilityOn(user.abilities, 'manageTokens');
  if (!ability.allowed)
    return (
      <Section title={t('tokens.of')}>
        <p className="text-2">{ability.reason}</p>
      </Section>
    );
  return <TokenList user={user} />;
}

function TokenList({ user: { globalUserId, name } }: { user: UserDetail }) {
  const t = useText();
  const announce = useAnnounce();
  const [offset, setOffset] = useState(0);
  const [ending, setEnding] = useState<PersonalAccessToken>();
  const query = { offset, limit: atOnce };
  const tokens = useOperation(listUserTokens, { params: { globalUserId }, query }, { keepPrevious: true });
  const revoke = useCommand(deleteUserToken, {
    invalidates: [listUserTokens],
    onSuccess: () => {
      announce(t('tokens.revoked'));
      setEnding(undefined);
    },
  });
  const columns = useTokenColumns(setEnding);
  const total = tokens.data?.meta.totalCount ?? 0;
  const description = ending?.description ?? '';
  return (
    <Section title={t('tokens.of')} lead={t('tokens.ofLead')}>
      <DataTable
        label={t('tokens.tableOf', { name })}
        columns={columns}
        rows={tokens.data?.data}
        rowKey={(token) => token.tokenId}
        state={tokens}
        hasRowKeys={false}
        skeletonRows={2}
        paging={{ kind: 'offset', offset, limit: atOnce, total, onChange: setOffset }}
        empty={<EmptyState title={t('tokens.noneOf')} />}
      />
      <ConfirmDialog
        isOpen={ending !== undefined}
        title={t('tokens.revokeTitle', { description })}
        confirmLabel={t('tokens.revoke')}
        isBusy={revoke.isPending}
        problem={revoke.error}
        onConfirm={() => ending !== undefined && revoke.mutate({ params: { globalUserId, id: ending.tokenId } })}
        onClose={() => {
          revoke.reset();
          setEnding(undefined);
        }}
      >
        <p>{t('tokens.revokeText')}</p>
      </ConfirmDialog>
    </Section>
  );
}
