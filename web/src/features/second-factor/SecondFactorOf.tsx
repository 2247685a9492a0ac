import { resetSecondFactor } from '@stoa/contract/second-factor';
import { readUser, type UserDetail } from '@stoa/contract/user';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { Section } from '../../ui/Section.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';

/** Whether somebody has a second factor, and the way out for whoever lost its device. */
export function SecondFactorOf({ user }: { user: UserDetail }) {
  const t = useText();
  const announce = useAnnounce();
  const [isAsking, setIsAsking] = useState(false);
  const { globalUserId, name, secondFactorSince } = user;
  const reset = useCommand(resetSecondFactor, {
    invalidates: [readUser],
    onSuccess: () => {
      announce(t('secondFactor.resetDone', { name }));
      setIsAsking(false);
    },
  });
  return (
    <Section
      title={t('secondFactor.title')}
      action={
        secondFactorSince !== null && (
          <ActionButton
            label={t('secondFactor.reset')}
            ability={abilityOn(user.abilities, 'resetSecondFactor')}
            onClick={() => setIsAsking(true)}
          />
        )
      }
    >
      <p className="text-2">
        {secondFactorSince === null ? (
          t('secondFactor.noneOf')
        ) : (
          <>
            {t('secondFactor.onSince')} <TimeStamp value={secondFactorSince} />.
          </>
        )}
      </p>
      <ConfirmDialog
        isOpen={isAsking}
        title={t('secondFactor.resetTitle', { name })}
        confirmLabel={t('secondFactor.reset')}
        isBusy={reset.isPending}
        problem={reset.error}
        onConfirm={() => reset.mutate({ params: { globalUserId } })}
        onClose={() => {
          reset.reset();
          setIsAsking(false);
        }}
      >
        <p>{t('secondFactor.resetText')}</p>
      </ConfirmDialog>
    </Section>
  );
}
