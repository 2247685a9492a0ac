import { searchAccessRequests, type AccessRequest } from '@stoa/contract/access-request';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import { snoozeAccessRequest, wakeAccessRequest } from '@stoa/contract/snooze';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import styles from './lists.module.css';
import { snoozeTimes } from './snooze-choices.ts';

const shown = [searchAccessRequests, getAccessRequestEvidence];

/** A moment as one says it: the day, and the time. */
export function useMomentText(): (moment: Date) => string {
  const intl = useIntl();
  return (moment) =>
    intl.formatDate(moment, { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' });
}

/** Brings a request back into the reader's queue. */
export function useWake(onDone: () => void = () => undefined) {
  const t = useText();
  const announce = useAnnounce();
  return useCommand(wakeAccessRequest, {
    invalidates: shown,
    onSuccess: () => {
      announce(t('snooze.back'));
      onDone();
    },
  });
}

type Props = { readonly request: AccessRequest; readonly onClose: () => void };

/** Until when a request leaves the reader's own queue. It waits for everybody else as before. */
export function SnoozeDialog({ request, onClose }: Props) {
  const t = useText();
  const momentText = useMomentText();
  const announce = useAnnounce();
  const [times] = useState(() => snoozeTimes(new Date()));
  const snooze = useCommand(snoozeAccessRequest, {
    invalidates: shown,
    onSuccess: ({ until }) => {
      announce(t('snooze.done', { until: momentText(new Date(until)) }));
      onClose();
    },
  });
  return (
    <Dialog
      opened
      onClose={onClose}
      size="sm"
      title={t('snooze.title', { who: request.user.name })}
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      <div className={styles.stack}>
        <p className="text-2">{t('snooze.lead')}</p>
        {snooze.error !== null && <ErrorNotice problem={snooze.error} isWrite />}
        {times.map(({ choice, until }) => (
          <ActionButton
            key={choice}
            isFullWidth
            label={t(`snooze.choice.${choice}`, { until: momentText(until) })}
            isBusy={snooze.isPending}
            onClick={() => snooze.mutate({ params: { id: request.id }, body: { until: until.toISOString() } })}
          />
        ))}
      </div>
    </Dialog>
  );
}
