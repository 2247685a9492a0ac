import type { PersonalAccessToken } from '@stoa/contract/auth';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import type { Column } from '../../ui/DataTable.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './TokensPage.module.css';

/** What a list says of tokens, one's own and somebody else's alike. */
export function useTokenColumns(onRevoke: (token: PersonalAccessToken) => void): Column<PersonalAccessToken>[] {
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
