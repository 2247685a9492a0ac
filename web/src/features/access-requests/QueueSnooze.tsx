import type { AccessRequest } from '@stoa/contract/access-request';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { SnoozeDialog, useMomentText, useWake } from './SnoozeDialog.tsx';

/** Until when a request of the queue is put aside, and the way back. */
export function SnoozedUntil({ request, onBack }: { request: AccessRequest; onBack: () => void }) {
  const t = useText();
  const momentText = useMomentText();
  const wake = useWake(onBack);
  if (request.snoozedUntil === undefined) return null;
  return (
    <>
      {momentText(new Date(request.snoozedUntil))}{' '}
      <ActionButton
        size="xs"
        label={t('snooze.wakeShort')}
        fullLabel={t('snooze.wakeOf', { who: request.user.name })}
        isBusy={wake.isPending}
        onClick={() => wake.mutate({ params: { id: request.id } })}
      />
      {wake.error !== null && <ErrorNotice problem={wake.error} isWrite />}
    </>
  );
}

type Props = { readonly rows: readonly AccessRequest[]; readonly onMoved: () => void };

/** `s` puts the request of the row that one stands in aside, or brings it back. */
export function QueueSnooze({ rows, onMoved }: Props) {
  const t = useText();
  const announce = useAnnounce();
  const [asked, setAsked] = useState<AccessRequest>();
  const wake = useWake(onMoved);
  const act = () => {
    const id = document.activeElement
      ?.closest('tr')
      ?.querySelector('[data-request-id]')
      ?.getAttribute('data-request-id');
    const request = rows.find((one) => one.id === id);
    if (request === undefined) announce(t('snooze.rowFirst'));
    else if (request.status !== 'PENDING') announce(t('snooze.notPending'));
    else if (request.snoozedUntil === undefined) setAsked(request);
    else wake.mutate({ params: { id: request.id } });
  };
  useKeys([{ keys: 's', label: t('snooze.key'), scope: 'page', run: act }]);
  const close = () => {
    setAsked(undefined);
    onMoved();
  };
  return (
    <>
      {wake.error !== null && <ErrorNotice problem={wake.error} isWrite />}
      {asked !== undefined && <SnoozeDialog request={asked} onClose={close} />}
    </>
  );
}
