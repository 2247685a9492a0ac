import {
  confirmTakeBack,
  declineTakeBack,
  listTakeBacks,
  readTakeBack,
  type TakeBackDetail,
} from '@stoa/contract/existing-grant';
import { type FormEvent, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { ReasonBox } from '../../ui/ReasonBox.tsx';
import { Section } from '../../ui/Section.tsx';
import styles from '../connections/Connections.module.css';

const invalidates = [readTakeBack, listTakeBacks];

/** A second person confirms a plan; anybody who may file one declines it, or withdraws their own. */
export function Deciding({ plan }: { plan: TakeBackDetail }) {
  const t = useText();
  const announce = useAnnounce();
  const [reason, setReason] = useState('');
  const [isMissing, setIsMissing] = useState(false);
  const confirm = useCommand(confirmTakeBack, { invalidates, onSuccess: () => announce(t('takeBack.confirmed')) });
  const decline = useCommand(declineTakeBack, { invalidates, onSuccess: () => announce(t('takeBack.declined')) });
  const params = { takeBackId: plan.id };
  const isBusy = confirm.isPending || decline.isPending;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsMissing(reason.trim() === '');
    if (reason.trim() !== '') decline.mutate({ params, body: { reason: reason.trim() } });
  };
  return (
    <Section title={t('takeBack.decide')} lead={t('takeBack.decideLead')}>
      <form noValidate className={`${styles.stack} form-column`} onSubmit={submit}>
        {confirm.error !== null && <ErrorNotice problem={confirm.error} isWrite />}
        <div className={styles.buttons}>
          <ActionButton
            tone="danger"
            label={t('takeBack.confirm')}
            ability={plan.abilities?.['confirm']}
            isBusy={isBusy}
            onClick={() => confirm.mutate({ params, body: { planHash: plan.planHash } })}
          />
        </div>
        <ReasonBox
          value={reason}
          label={t('takeBack.declineReason')}
          hint={t('takeBack.declineHint')}
          onChange={setReason}
          {...(isMissing ? { error: t('takeBack.declineMissing') } : {})}
        />
        {decline.error !== null && <ErrorNotice problem={decline.error} isWrite />}
        <div className={styles.buttons}>
          <ActionButton
            type="submit"
            label={t('takeBack.decline')}
            ability={plan.abilities?.['decline']}
            isBusy={isBusy}
            onClick={() => undefined}
          />
        </div>
      </form>
    </Section>
  );
}
