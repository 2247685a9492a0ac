import { endOtherSessions, endSession, listSessions, type OwnSession } from '@stoa/contract/own-session';
import { useState } from 'react';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './account.module.css';
import { describeBrowser } from './describe-browser.ts';

function useBrowserText(): (session: OwnSession) => string {
  const t = useText();
  return ({ userAgent }) => {
    const known = describeBrowser(userAgent);
    if (known === undefined) return t('account.unknown');
    return known.system === undefined
      ? known.browser
      : t('account.on', { browser: known.browser, system: known.system });
  };
}

function useColumns(onEnd: (session: OwnSession) => void): Column<OwnSession>[] {
  const t = useText();
  const browserText = useBrowserText();
  return [
    {
      key: 'browser',
      header: t('account.column.browser'),
      cell: (session) => (
        <span className={styles.browser}>
          <span className={styles.name}>{browserText(session)}</span>
          {session.ip !== null && <span className="mono text-2">{session.ip}</span>}
        </span>
      ),
    },
    { key: 'since', header: t('account.column.since'), cell: ({ createdAt }) => <TimeStamp value={createdAt} /> },
    { key: 'last', header: t('account.column.last'), cell: ({ lastSeenAt }) => <TimeStamp value={lastSeenAt} /> },
    {
      key: 'action',
      header: t('account.column.action'),
      isHeaderHidden: true,
      width: '132px',
      cell: (session) =>
        session.isCurrent ? (
          <StatusMark kind="check" value="pass" label={t('account.here')} />
        ) : (
          <ActionButton
            size="xs"
            label={t('account.end')}
            fullLabel={t('account.endThis', { browser: browserText(session), ip: session.ip ?? '' })}
            onClick={() => onEnd(session)}
          />
        ),
    },
  ];
}

/** Asks before one session, or all others, end. */
function EndDialog({
  ending,
  others,
  onClose,
}: {
  ending: OwnSession | 'others' | undefined;
  others: number;
  onClose: () => void;
}) {
  const t = useText();
  const announce = useAnnounce();
  const browserText = useBrowserText();
  const done = (text: 'account.ended' | 'account.othersEnded') => ({
    invalidates: [listSessions],
    onSuccess: () => {
      announce(t(text));
      onClose();
    },
  });
  const one = useCommand(endSession, done('account.ended'));
  const all = useCommand(endOtherSessions, done('account.othersEnded'));
  const isAll = ending === 'others';
  const command = isAll ? all : one;
  const browser = ending === undefined || ending === 'others' ? '' : browserText(ending);
  return (
    <ConfirmDialog
      isOpen={ending !== undefined}
      title={isAll ? t('account.endOthersTitle', { count: others }) : t('account.endTitle', { browser })}
      confirmLabel={t(isAll ? 'account.endOthers' : 'account.end')}
      isBusy={command.isPending}
      problem={command.error}
      onConfirm={() => {
        if (ending === 'others') all.mutate({});
        else if (ending !== undefined) one.mutate({ params: { id: ending.id } });
      }}
      onClose={() => {
        command.reset();
        onClose();
      }}
    >
      <p>{t('account.endText')}</p>
    </ConfirmDialog>
  );
}

/** Where the account is open, and the way to close it there. */
export function SessionList() {
  const t = useText();
  const sessions = useOperation(listSessions, {});
  const [ending, setEnding] = useState<OwnSession | 'others'>();
  const others = sessions.data?.data.filter((session) => !session.isCurrent).length ?? 0;
  const ability = others > 0 ? { allowed: true } : { allowed: false, reason: t('account.noOthers') };
  return (
    <Section
      title={t('account.sessions')}
      lead={t('account.sessionsLead')}
      action={<ActionButton label={t('account.endOthers')} ability={ability} onClick={() => setEnding('others')} />}
    >
      <DataTable
        label={t('account.table')}
        columns={useColumns(setEnding)}
        rows={sessions.data?.data}
        rowKey={(session) => session.id}
        state={sessions}
        skeletonRows={2}
        empty={<p>{t('account.noOthers')}</p>}
      />
      <p className={styles.note}>
        <Say
          id="account.tokens"
          values={{
            tokens: (
              <LinkTo key="tokens" to="/me/tokens">
                {t('shell.nav.tokens')}
              </LinkTo>
            ),
          }}
        />
      </p>
      <EndDialog ending={ending} others={others} onClose={() => setEnding(undefined)} />
    </Section>
  );
}
