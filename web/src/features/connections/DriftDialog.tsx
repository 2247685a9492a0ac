import {
  type Connection,
  type Drift,
  ignoreDrift,
  listConnections,
  listDrift,
  readConnection,
} from '@stoa/contract/connection';
import { useState } from 'react';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { ReasonBox } from '../../ui/ReasonBox.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './Connections.module.css';

type Props = { readonly connection: Connection; readonly finding: Drift; readonly onClose: () => void };

/** The three ways in which a person settles what others gave: taken back there, asked for here, or left as it is. */
export function DriftDialog({ connection, finding, onClose }: Props) {
  const t = useText();
  const people = finding.people ?? [];
  return (
    <Dialog
      opened
      onClose={onClose}
      size="lg"
      title={t(`finding.${finding.finding}`)}
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      <div className={styles.stack}>
        <p>
          <Say
            id="drift.dialog.what"
            values={{
              principal: <Identifier key="principal" value={finding.principal ?? ''} />,
              object: <Identifier key="object" value={finding.object} />,
              privilege: (
                <span key="privilege" className="mono">
                  {finding.privilege}
                </span>
              ),
              when: <TimeStamp key="when" value={finding.since} style="date" />,
            }}
          />
        </p>
        {people.length > 0 && (
          <p className="text-2">{t('drift.dialog.people', { names: people.map(({ name }) => name).join(', ') })}</p>
        )}
        <section>
          <h3 className="group-label">{t('drift.dialog.takeBack')}</h3>
          {finding.repair === undefined ? (
            <p>{t('drift.dialog.noStatement')}</p>
          ) : (
            <>
              <p>{t('drift.dialog.takeBackText')}</p>
              <StatementBlock
                statements={[finding.repair]}
                title={t('drift.dialog.statements', { connection: connection.connectionKey })}
                isOpenAtFirst
              />
              {finding.finding === 'bypass' && finding.id !== undefined && (
                <p>
                  <LinkTo
                    to="/admin/connections/$key"
                    params={{ key: connection.connectionKey }}
                    search={{ tab: 'drift', view: 'grants', of: finding.id }}
                  >
                    {t('drift.dialog.plan')}
                  </LinkTo>
                </p>
              )}
            </>
          )}
        </section>
        <Asking finding={finding} />
        <Leaving connection={connection} finding={finding} onClose={onClose} />
      </div>
    </Dialog>
  );
}

/** Of a product's role or an asset's: the people may be asked for, so that what they have is decided like everybody's. */
function Asking({ finding: { people = [], target } }: { finding: Drift }) {
  const t = useText();
  if (target === undefined || target.kind === 'POLICY' || people.length === 0) return null;
  return (
    <section>
      <h3 className="group-label">{t('drift.dialog.ask')}</h3>
      <p>{t('drift.dialog.askText', { target: target.name })}</p>
      <ul className={styles.askFor}>
        {people.map(({ globalUserId, name }) => {
          const label = t('drift.dialog.askFor', { name });
          return (
            <li key={globalUserId}>
              {target.kind === 'DATA_PRODUCT' ? (
                <LinkTo to="/products/$slug/request" params={{ slug: target.id }} search={{ for: globalUserId }}>
                  {label}
                </LinkTo>
              ) : (
                <LinkTo to="/assets/$id/request" params={{ id: target.id }} search={{ for: globalUserId }}>
                  {label}
                </LinkTo>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Leaving({ connection, finding, onClose }: Props) {
  const t = useText();
  const announce = useAnnounce();
  const [reason, setReason] = useState('');
  const [isMissing, setIsMissing] = useState(false);
  const leave = useCommand(ignoreDrift, {
    invalidates: [listDrift, readConnection, listConnections],
    onSuccess: () => {
      announce(t('drift.dialog.left'));
      onClose();
    },
  });
  const submit = () => {
    setIsMissing(reason.trim() === '');
    if (reason.trim() === '' || finding.id === undefined) return;
    leave.mutate({
      params: { connectionKey: connection.connectionKey, driftId: finding.id },
      body: { reason: reason.trim() },
    });
  };
  return (
    <section className={styles.stack}>
      <div>
        <h3 className="group-label">{t('drift.dialog.leave')}</h3>
        <p>{t('drift.dialog.leaveText')}</p>
      </div>
      <ReasonBox
        value={reason}
        hint={t('drift.dialog.reasonHint')}
        onChange={setReason}
        {...(isMissing ? { error: t('drift.dialog.reasonMissing') } : {})}
      />
      {leave.error !== null && <ErrorNotice problem={leave.error} isWrite />}
      <div className={styles.buttons}>
        <ActionButton
          label={t('drift.dialog.leave')}
          ability={connection.abilities?.['ignoreDrift']}
          isBusy={leave.isPending}
          onClick={submit}
        />
      </div>
    </section>
  );
}
