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
import { stagesOfRecords, stuckStages } from './reroute-stages.ts';
import { targetNameOf } from './asked-target.tsx';
import styles from './reroute.module.css';

type Props = { readonly request: AccessRequest; readonly onClose: () => void };

const shown = [getAccessRequestById, getAccessRequestRecords, getAccessRequestEvidence, searchAccessRequests];

function Form({ request, before, stuck, onClose }: Props & { before: Stage[]; stuck: readonly Stage[] }) {
  const t = useText();
  const announce = useAnnounce();
  const [stages, setStages] = useState(before);
  // Of the stages as they came: whoever changes one has seen to it.
  const [unfilled] = useState(stuck);
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
  const nobody = stages.flatMap((stage, at) =>
    unfilled.includes(stage) ? [{ path: `stages[${at}]`, message: t('requests.stages.nobody') }] : [],
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
      <ProblemsProvider problems={[...nobody, ...(isTried ? empty : []), ...(reroute.error?.fields ?? [])]}>
        <StagesEditor
          stages={stages}
          path="stages"
          onChange={(next) => {
            setStages(next);
            // What was refused is no longer what stands here.
            reroute.reset();
          }}
        />
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
  const before = records.data && stagesOfRecords(records.data.approvalRecords);
  const stuck = records.data && stuckStages(records.data.approvalRecords);
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
      {before !== undefined && (
        <Form
          request={request}
          before={before}
          stuck={before.filter((_, at) => stuck?.[at] === true)}
          onClose={onClose}
        />
      )}
    </Dialog>
  );
}
