import {
  confirmPeopleChange,
  declinePeopleChange,
  listPeopleChanges,
  type PeopleChangeDetail,
  readPeopleChange,
  withdrawPeopleChange,
} from '@stoa/contract/people-change';
import { type FormEvent, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { ReasonBox } from '../../ui/ReasonBox.tsx';
import { Section } from '../../ui/Section.tsx';
import styles from '../users/People.module.css';

const invalidates = [readPeopleChange, listPeopleChanges];

/** Another user admin confirms a change or declines it; whoever filed it withdraws it. */
export function DecideChange({ change }: { change: PeopleChangeDetail }) {
  const t = useText();
  const announce = useAnnounce();
  const [reason, setReason] = useState('');
  const [isMissing, setIsMissing] = useState(false);
  const confirm = useCommand(confirmPeopleChange, {
    invalidates,
    onSuccess: () => announce(t('peopleChange.confirmed')),
  });
  const decline = useCommand(declinePeopleChange, {
    invalidates,
    onSuccess: () => announce(t('peopleChange.declined')),
  });
  const withdraw = useCommand(withdrawPeopleChange, {
    invalidates,
    onSuccess: () => announce(t('peopleChange.withdrawn')),
  });
  const params = { id: change.id };
  const isBusy = confirm.isPending || decline.isPending || withdraw.isPending;
  const problem = confirm.error ?? withdraw.error ?? decline.error;
  const isOwn = abilityOn(change.abilities, 'withdraw').allowed;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsMissing(reason.trim() === '');
    if (reason.trim() !== '') decline.mutate({ params, body: { reason: reason.trim() } });
  };
  const own = (
    <div className={styles.buttons}>
      <ActionButton label={t('peopleChange.withdraw')} isBusy={isBusy} onClick={() => withdraw.mutate({ params })} />
    </div>
  );
  return (
    <Section title={t('peopleChange.decide')} lead={t('peopleChange.decideLead')}>
      <form noValidate className={`${styles.form} form-column`} onSubmit={submit}>
        {problem !== null && <ErrorNotice problem={problem} isWrite />}
        <div className={styles.buttons}>
          <ActionButton
            tone="primary"
            label={t('peopleChange.confirm')}
            ability={abilityOn(change.abilities, 'confirm')}
            isBusy={isBusy}
            onClick={() => confirm.mutate({ params })}
          />
        </div>
        {isOwn ? (
          own
        ) : (
          <>
            <ReasonBox
              value={reason}
              label={t('peopleChange.declineReason')}
              hint={t('peopleChange.declineHint')}
              onChange={setReason}
              {...(isMissing ? { error: t('peopleChange.declineMissing') } : {})}
            />
            <div className={styles.buttons}>
              <ActionButton
                type="submit"
                label={t('peopleChange.decline')}
                ability={abilityOn(change.abilities, 'decline')}
                isBusy={isBusy}
                onClick={() => undefined}
              />
            </div>
          </>
        )}
      </form>
    </Section>
  );
}
