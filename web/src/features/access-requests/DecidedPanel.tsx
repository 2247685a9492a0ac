import type { Evidence } from '@stoa/contract/evidence';
import type { ProvisioningStatus } from '@stoa/contract/provisioning';
import { useState } from 'react';
import { useIntl } from 'react-intl';
import { useCurrentUser } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { AccessRail, type RailStep } from '../../ui/AccessRail.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { periodsOf, usePeriodText } from './periods.ts';
import { ProvisioningMark } from './ProvisioningMark.tsx';
import { RevokeDialog, revocableOf } from './RevokeDialog.tsx';
import styles from './review.module.css';

type Props = {
  readonly evidence: Evidence;
  readonly steps: readonly RailStep[];
  readonly provisioning: ProvisioningStatus | undefined;
  /** What the reader had written when somebody else was quicker. */
  readonly unsent: string;
};

function OwnText({ text }: { text: string }) {
  const t = useText();
  if (text.trim() === '') return null;
  return (
    <div className={styles.unsent}>
      <p className="group-label">{t('requests.decided.unsent')}</p>
      <p className={styles.quote}>{text}</p>
    </div>
  );
}

/** How long the platform took, from the decision to the proof. */
function Speed({ provisioning }: { provisioning: ProvisioningStatus }) {
  const t = useText();
  const intl = useIntl();
  const { approvedAt, activeAt, state } = provisioning;
  if (state !== 'ACTIVE' || approvedAt === undefined || activeAt === undefined) return null;
  const seconds = (new Date(activeAt).getTime() - new Date(approvedAt).getTime()) / 1000;
  if (seconds < 0 || seconds > 600) return null;
  return (
    <p className="small text-2">
      {t('requests.decided.speed', { seconds: intl.formatNumber(seconds, { maximumFractionDigits: 1 }) })}
    </p>
  );
}

function Provisioned({ provisioning }: { provisioning: ProvisioningStatus }) {
  return (
    <div aria-live="polite">
      <ProvisioningMark provisioning={provisioning} />
      <Speed provisioning={provisioning} />
    </div>
  );
}

function WhyNot({ evidence }: { evidence: Evidence }) {
  const t = useText();
  const intl = useIntl();
  const { decision, request } = evidence;
  if (request.status !== 'PENDING') return null;
  const people = decision.eligible.map((person) => person.name);
  return (
    <div className={styles.whyNot}>
      <p>
        <strong>{decision.reason}</strong>
      </p>
      {people.length > 0 && (
        <p className="text-2">
          {t('requests.decided.eligible', { people: intl.formatList(people, { type: 'disjunction' }) })}
        </p>
      )}
    </div>
  );
}

/** Who said the last word, and why. */
function LastWord({ evidence }: { evidence: Evidence }) {
  const t = useText();
  const period = usePeriodText();
  const { request, timeline } = evidence;
  const by = timeline.findLast(({ kind, actor }) => actor !== null && kind === request.status.toLowerCase())?.actor;
  return (
    <>
      {request.decisionReason !== undefined && <p className={styles.quote}>{request.decisionReason}</p>}
      {by != null && <p className="small text-2">{t('requests.decided.by', { name: by.name })}</p>}
      {periodsOf(request).granted !== undefined && <p className="small text-2">{period(request)}</p>}
    </>
  );
}

/** In place of the decision once there is none to make: the rail as it fills, and the way to take it back. */
export function DecidedPanel({ evidence, steps, provisioning, unsent }: Props) {
  const t = useText();
  const me = useCurrentUser();
  const [isRevoking, setIsRevoking] = useState(false);
  const { request } = evidence;
  const revoke = abilityOn(request.abilities, 'revoke');
  const what = revocableOf(request, me?.globalUserId);
  return (
    <section className={styles.panel} aria-label={t('reviews.decision.title')}>
      <WhyNot evidence={evidence} />
      <div className={request.status === 'PENDING' ? styles.railWaiting : undefined}>
        <AccessRail steps={steps} />
      </div>
      {provisioning !== undefined && <Provisioned provisioning={provisioning} />}
      <LastWord evidence={evidence} />
      <OwnText text={unsent} />
      {request.status === 'APPROVED' && what !== undefined && revoke.allowed && (
        <ActionButton label={t('requests.revoke.confirm')} onClick={() => setIsRevoking(true)} isFullWidth />
      )}
      {isRevoking && what !== undefined && <RevokeDialog what={what} onClose={() => setIsRevoking(false)} />}
    </section>
  );
}
