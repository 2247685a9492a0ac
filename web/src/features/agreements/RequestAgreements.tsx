import { type AccessRequest, getAccessRequestById, searchAccessRequests } from '@stoa/contract/access-request';
import { acceptAgreements, listRequestAgreements, type RequestAgreement } from '@stoa/contract/agreement-acceptance';
import { listMemberships } from '@stoa/contract/membership';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { useState } from 'react';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useCommand, useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { AttentionBlock } from '../../ui/Attention.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { MarkdownText } from '../../ui/MarkdownText.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { type FieldError, SummaryErrors } from '../../ui/SummaryErrors.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
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
function Accept({ request, agreements }: { request: AccessRequest; agreements: readonly RequestAgreement[] }) {
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

/** What stands before everything else on the page of a request that waits for an acceptance. */
export function AcceptancePanel({ request }: { request: AccessRequest }) {
  const t = useText();
  const mayAccept = abilityOn(request.abilities, 'accept').allowed;
  const found = useOperation(listRequestAgreements, { params: { id: request.id } }, { enabled: mayAccept });
  const isOpen = request.status === 'PENDING' || request.status === 'APPROVED';
  if (request.awaitsAcceptance !== true || !isOpen) return null;
  if (!mayAccept) return <Banner>{t('acceptance.ask.waits', { who: request.user.name })}</Banner>;
  if (found.error !== null) return <ErrorNotice problem={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <SkeletonText lines={4} />;
  return <Accept request={request} agreements={found.data.agreements} />;
}

function Agreement({ agreement }: { agreement: RequestAgreement }) {
  const t = useText();
  const { name, version, sha256, body, currentVersion, acceptances } = agreement;
  return (
    <div className={styles.agreement}>
      <p>
        <strong>{t('acceptance.of.name', { name, version })}</strong>
      </p>
      {acceptances.map(({ acceptedBy, acceptedAt }) => (
        <p key={acceptedBy.globalUserId} className="small">
          <Say
            id="acceptance.of.acceptedBy"
            values={{ who: acceptedBy.name, when: <TimeStamp value={acceptedAt} /> }}
          />
        </p>
      ))}
      {currentVersion !== null && currentVersion !== version && (
        <p className="small text-2">{t('acceptance.of.newer')}</p>
      )}
      <details>
        <summary>{t('acceptance.of.text')}</summary>
        <MarkdownText text={body} />
        <p className="caption text-2">
          {t('acceptance.of.hash')} <Identifier value={sha256} maxLength={20} />
        </p>
      </details>
    </div>
  );
}

/** The agreements of a request, in the very versions it was made under, and who accepted them. */
export function RequestAgreements({ request }: { request: AccessRequest }) {
  const t = useText();
  const hasSome = (request.form?.agreements.length ?? 0) > 0;
  const found = useOperation(listRequestAgreements, { params: { id: request.id } }, { enabled: hasSome });
  if (!hasSome) return null;
  return (
    <Section title={t('acceptance.of.title')}>
      {found.error !== null && <ErrorNotice problem={found.error} onRetry={() => void found.refetch()} />}
      <div className={styles.agreements}>
        {(found.data?.agreements ?? []).map((agreement) => (
          <Agreement key={agreement.id} agreement={agreement} />
        ))}
      </div>
    </Section>
  );
}
