import {
  type AccessRequest,
  cancelAccessRequest,
  getAccessRequestById,
  getAccessRequestRecords,
  searchAccessRequests,
} from '@stoa/contract/access-request';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { askAgainAt } from './asked-target.tsx';
import { RerouteButton } from './RerouteButton.tsx';
import styles from './reroute.module.css';

/** Withdraws the request and opens a new one with the same answers, under what holds now. */
function AskAnew({ request }: { request: AccessRequest }) {
  const t = useText();
  const navigate = useNavigate();
  const [isAsking, setIsAsking] = useState(false);
  const form = askAgainAt(request);
  const cancel = useCommand(cancelAccessRequest, {
    invalidates: [getAccessRequestById, getAccessRequestRecords, searchAccessRequests],
    onSuccess: () => {
      if (form !== undefined) void navigate(form);
    },
  });
  if (form === undefined || !abilityOn(request.abilities, 'cancel').allowed) return null;
  return (
    <>
      <ActionButton size="xs" label={t('requests.older.anew')} onClick={() => setIsAsking(true)} />
      <ConfirmDialog
        isOpen={isAsking}
        title={t('requests.older.title')}
        confirmLabel={t('requests.older.confirm')}
        keepLabel={t('requests.page.keep')}
        isBusy={cancel.isPending}
        problem={cancel.error}
        onConfirm={() => cancel.mutate({ params: { id: request.id } })}
        onClose={() => setIsAsking(false)}
      >
        <p>{t('requests.older.text')}</p>
      </ConfirmDialog>
    </>
  );
}

/** What stands in the way of a pending request: nobody left to decide it, or a form that has changed since. */
export function PendingNotices({ request }: { request: AccessRequest }) {
  const t = useText();
  const intl = useIntl();
  if (request.status !== 'PENDING') return null;
  const changed = (request.changedSince ?? []).map((one) => t(`requests.older.${one}`));
  return (
    <div className={styles.notices}>
      {request.reviewable === false && (
        <Banner tone="warning" action={<RerouteButton request={request} tone="primary" />}>
          {t('requests.reroute.stuck')}
        </Banner>
      )}
      {request.asset?.registered === false && <Banner>{t('requests.unregistered')}</Banner>}
      {changed.length > 0 && (
        <Banner action={<AskAnew request={request} />}>
          {t('requests.older.banner', {
            what: intl.formatList(changed, { type: 'conjunction' }),
            count: changed.length,
          })}
        </Banner>
      )}
    </div>
  );
}
