import type { AccessRequest } from '@stoa/contract/access-request';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { SnoozeDialog, useMomentText, useWake } from './SnoozeDialog.tsx';

/** Not now: puts the request aside in the reader's own queue, or brings it back. */
export function SnoozeAct({ request }: { request: AccessRequest }) {
  const t = useText();
  const momentText = useMomentText();
  const [isOpen, setIsOpen] = useState(false);
  const wake = useWake();
  const { snoozedUntil } = request;
  const act = () => (snoozedUntil === undefined ? setIsOpen(true) : wake.mutate({ params: { id: request.id } }));
  useKeys([{ keys: 's', label: t('snooze.key'), scope: 'page', run: act }]);
  return (
    <>
      {snoozedUntil !== undefined && (
        <span className="small text-2">{t('snooze.aside', { until: momentText(new Date(snoozedUntil)) })}</span>
      )}
      {wake.error !== null && <ErrorNotice problem={wake.error} isWrite />}
      <ActionButton
        isBusy={wake.isPending}
        label={t(snoozedUntil === undefined ? 'snooze.open' : 'snooze.wake')}
        onClick={act}
      />
      {isOpen && <SnoozeDialog request={request} onClose={() => setIsOpen(false)} />}
    </>
  );
}
