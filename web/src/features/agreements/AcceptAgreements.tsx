import { type AccessRequest, getAccessRequestById, searchAccessRequests } from '@stoa/contract/access-request';
import { acceptAgreements, listRequestAgreements, type RequestAgreement } from '@stoa/contract/agreement-acceptance';
import { listMemberships } from '@stoa/contract/membership';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useCommand } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { AttentionBlock } from '../../ui/Attention.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { type FieldError, SummaryErrors } from '../../ui/SummaryErrors.tsx';
import styles from './AgreementText.module.css';
import { agreementId, AgreementsToAccept } from './AgreementsToAccept.tsx';

const changedBy = [
  listRequestAgreements,
  getAccessRequestById,
  getAccessRequestProvisioning,
  listMemberships,
  searchAccessRequests,
];

/** The texts that somebody else's request waits for, to be accepted by the person who gets the access. */
export function AcceptAgreements({
  request,
  agreements,
}: {
  request: AccessRequest;
  agreements: readonly RequestAgreement[];
}) {
  const t = useText();
  const announce = useAnnounce();
  const [accepted, setAccepted] = useState<readonly { id: string; version: number }[]>([]);
  const [attempt, setAttempt] = useState(0);
  const accept = useCommand(acceptAgreements, {
    invalidates: changedBy,
    onSuccess: () => announce(t('acceptance.ask.done')),
  });
  const missing = agreements.filter(({ id }) => !accepted.some((one) => one.id === id));
  const errors: FieldError[] =
    attempt === 0 ? [] : missing.map(({ id }) => ({ fieldId: agreementId(id), message: t('acceptance.ask.missing') }));
  const submit = () => {
    setAttempt((times) => times + 1);
    if (missing.length > 0) return;
    accept.mutate({ params: { id: request.id }, body: { agreements: [...accepted] } });
  };
  const isApproved = request.status === 'APPROVED';
  return (
    <div className={styles.waiting}>
      <AttentionBlock>
        <div className={styles.accept}>
          <h2>{t('acceptance.ask.title', { who: request.requestingUser.name })}</h2>
          <p>{t(isApproved ? 'acceptance.ask.text' : 'acceptance.ask.pending')}</p>
          <SummaryErrors errors={errors} attempt={attempt} />
          <AgreementsToAccept
            agreements={agreements}
            accepted={accepted}
            errorOf={(id) => errors.find((error) => error.fieldId === agreementId(id))?.message}
            onChange={setAccepted}
          />
          {accept.error !== null && <ErrorNotice problem={accept.error} isWrite />}
          <div>
            <ActionButton
              tone="primary"
              label={t(isApproved ? 'acceptance.ask.buttonStart' : 'acceptance.ask.button')}
              isBusy={accept.isPending}
              onClick={submit}
            />
          </div>
        </div>
      </AttentionBlock>
    </div>
  );
}
