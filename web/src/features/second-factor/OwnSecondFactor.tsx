import { getSecondFactor, removeSecondFactor, renewRecoveryCodes } from '@stoa/contract/second-factor';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { CodeForm } from './CodeForm.tsx';
import { RecoveryCodes } from './RecoveryCodes.tsx';
import styles from '../account/account.module.css';
import { SetUpSecondFactor } from './SetUpSecondFactor.tsx';

type Doing = 'removing' | 'renewing' | undefined;

function Remove({ onRemoved, onClose }: { onRemoved: () => void; onClose: () => void }) {
  const t = useText();
  const announce = useAnnounce();
  const remove = useCommand(removeSecondFactor, {
    onSuccess: () => {
      announce(t('secondFactor.removed'));
      onRemoved();
      onClose();
    },
  });
  return (
    <div className={styles.form}>
      <p>{t('secondFactor.removeText')}</p>
      <CodeForm
        tone="danger"
        label={t('secondFactor.remove')}
        isBusy={remove.isPending}
        problem={remove.error}
        onSubmit={(code) => remove.mutate({ body: { code } })}
        beside={<ActionButton label={t('ui.dialog.cancel')} onClick={onClose} />}
      />
    </div>
  );
}

function Renew({ onRenewed, onClose }: { onRenewed: (codes: readonly string[]) => void; onClose: () => void }) {
  const t = useText();
  const renew = useCommand(renewRecoveryCodes, {
    invalidates: [getSecondFactor],
    onSuccess: ({ recoveryCodes }) => {
      onRenewed(recoveryCodes);
      onClose();
    },
  });
  return (
    <ConfirmDialog
      isOpen
      tone="primary"
      title={t('secondFactor.renewTitle')}
      confirmLabel={t('secondFactor.renew')}
      isBusy={renew.isPending}
      problem={renew.error}
      onConfirm={() => renew.mutate({})}
      onClose={onClose}
    >
      <p>{t('secondFactor.renewText')}</p>
    </ConfirmDialog>
  );
}

/** One's own second factor: set up, looked at, given new recovery codes, removed. */
export function OwnSecondFactor() {
  const t = useText();
  const own = useOperation(getSecondFactor, {});
  const [codes, setCodes] = useState<readonly string[]>();
  const [doing, setDoing] = useState<Doing>();
  const { data } = own;
  const client = useQueryClient();
  // The other sessions have ended, too.
  const readAgain = () => void client.invalidateQueries();
  const close = () => setDoing(undefined);
  return (
    <Section title={t('secondFactor.title')} lead={t('secondFactor.lead')}>
      {own.error !== null && <ErrorNotice problem={own.error} onRetry={() => void own.refetch()} />}
      {own.isPending && <SkeletonText lines={2} />}
      {codes !== undefined && (
        <RecoveryCodes codes={codes} doneLabel={t('secondFactor.kept')} onDone={() => setCodes(undefined)} />
      )}
      {codes === undefined && data?.isOn === false && (
        <SetUpSecondFactor
          onActive={(made) => {
            setCodes(made);
            readAgain();
          }}
        />
      )}
      {codes === undefined && data?.isOn === true && (
        <div className={styles.form}>
          <p>
            {t('secondFactor.onSince')} <TimeStamp value={data.since ?? ''} />.{' '}
            {t('secondFactor.left', { count: data.recoveryCodesLeft ?? 0 })}
          </p>
          {doing === 'removing' ? (
            <Remove onRemoved={readAgain} onClose={close} />
          ) : (
            <div className={styles.act}>
              <ActionButton label={t('secondFactor.renew')} onClick={() => setDoing('renewing')} />
              <ActionButton label={t('secondFactor.remove')} onClick={() => setDoing('removing')} />
            </div>
          )}
          {doing === 'renewing' && <Renew onRenewed={setCodes} onClose={close} />}
        </div>
      )}
    </Section>
  );
}
