import {
  type AccessRequest,
  getAccessRequestById,
  getAccessRequestRecords,
  rerouteAccessRequest,
  searchAccessRequests,
} from '@stoa/contract/access-request';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import type { Stage } from '@stoa/contract/review-flow';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { ReasonBox } from '../../ui/ReasonBox.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { ProblemsProvider } from '../review-flows/problems.tsx';
import { StagesEditor } from '../review-flows/StagesEditor.tsx';
import { sourcesOf } from '../review-flows/flow-draft.ts';
import { stagesOfRecords } from './reroute-stages.ts';
import { targetNameOf } from './asked-target.tsx';
import styles from './reroute.module.css';

type Props = { readonly request: AccessRequest; readonly onClose: () => void };

const shown = [getAccessRequestById, getAccessRequestRecords, getAccessRequestEvidence, searchAccessRequests];

function Form({ request, before, onClose }: Props & { before: Stage[] }) {
  const t = useText();
  const announce = useAnnounce();
  const [stages, setStages] = useState(before);
  const [reason, setReason] = useState('');
  const [isTried, setIsTried] = useState(false);
  const reroute = useCommand(rerouteAccessRequest, {
    invalidates: shown,
    onSuccess: () => {
      announce(t('requests.reroute.done'));
      onClose();
    },
  });
  const empty = stages.flatMap((stage, at) =>
    sourcesOf(stage).length === 0 ? [{ path: `stages[${at}]`, message: t('flows.problem.reviewer') }] : [],
  );
  const isMissing = reason.trim() === '';
  const submit = () => {
    setIsTried(true);
    if (!isMissing && empty.length === 0)
      reroute.mutate({ params: { id: request.id }, body: { stages, reason: reason.trim() } });
  };
  return (
    <div className={styles.form}>
      <p className="text-2">{t('requests.reroute.lead')}</p>
      <ProblemsProvider problems={[...(isTried ? empty : []), ...(reroute.error?.fields ?? [])]}>
        <StagesEditor stages={stages} path="stages" onChange={setStages} />
      </ProblemsProvider>
      <ReasonBox
        value={reason}
        onChange={setReason}
        isRequired
        error={isTried && isMissing ? t('ui.reason.required') : undefined}
      />
      {reroute.error !== null && <ErrorNotice problem={reroute.error} isWrite />}
      <div className={styles.acts}>
        <ActionButton label={t('ui.dialog.cancel')} onClick={onClose} />
        <ActionButton
          tone="primary"
          label={t('requests.reroute.confirm')}
          isBusy={reroute.isPending}
          onClick={submit}
        />
      </div>
    </div>
  );
}

/** Gives a pending request to other reviewers, and says why. */
export function RerouteDialog({ request, onClose }: Props) {
  const t = useText();
  const records = useOperation(getAccessRequestRecords, { params: { id: request.id } });
  const target = targetNameOf(request);
  return (
    <Dialog
      opened
      onClose={onClose}
      size="lg"
      title={t('requests.reroute.title', { who: request.user.name, target })}
      closeButtonProps={{ 'aria-label': t('ui.dialog.close') }}
    >
      {records.error !== null && <ErrorNotice problem={records.error} onRetry={() => void records.refetch()} />}
      {records.isPending && <SkeletonText lines={6} />}
      {records.data !== undefined && (
        <Form request={request} before={stagesOfRecords(records.data.approvalRecords)} onClose={onClose} />
      )}
    </Dialog>
  );
}
