import type { Evidence, EvidenceAgreement, EvidencePerson } from '@stoa/contract/evidence';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { FactList } from '../../ui/FactList.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { MarkdownText } from '../../ui/MarkdownText.tsx';
import { PersonName } from '../../ui/PersonName.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { EvidenceBlock } from './EvidenceBlock.tsx';
import styles from './review.module.css';

/** Asked for somebody else: they accept it too, and access waits until they have. */
function ByBeneficiary({ name, acceptedAt }: NonNullable<EvidenceAgreement['byBeneficiary']>) {
  const t = useText();
  if (acceptedAt === null)
    return <span className={styles.warning}> {t('reviews.agreement.waits', { who: name })}</span>;
  return (
    <>
      {' '}
      <Say id="reviews.agreement.accepted" values={{ who: name, when: <TimeStamp value={acceptedAt} /> }} />
    </>
  );
}

function Agreement({ agreement }: { agreement: EvidenceAgreement }) {
  const t = useText();
  return (
    <div className={styles.agreement}>
      <p>
        <strong>{t('reviews.agreement.name', { name: agreement.name, version: agreement.version })}</strong>{' '}
        {agreement.acceptedAt === null ? (
          <span className={styles.warning}>{t('reviews.agreement.open')}</span>
        ) : (
          <Say
            id="reviews.agreement.accepted"
            values={{ who: agreement.acceptedBy?.name ?? '', when: <TimeStamp value={agreement.acceptedAt} /> }}
          />
        )}
        {agreement.byBeneficiary !== undefined && <ByBeneficiary {...agreement.byBeneficiary} />}
        {agreement.outdated && <span className={styles.warning}> {t('reviews.agreement.outdated')}</span>}
      </p>
      <details>
        <summary>{t('reviews.agreement.text')}</summary>
        <MarkdownText text={agreement.body} />
        <p className="caption text-2">
          {t('reviews.agreement.hash')} <Identifier value={agreement.sha256} maxLength={20} />
        </p>
      </details>
    </div>
  );
}

export function AgreementBlock({ evidence }: { evidence: Evidence }) {
  const t = useText();
  return (
    <EvidenceBlock title={t('reviews.agreement.title')}>
      {evidence.agreements.map((agreement) => (
        <Agreement key={agreement.id} agreement={agreement} />
      ))}
      {evidence.agreements.length === 0 && <p className="text-2">{t('reviews.agreement.empty')}</p>}
    </EvidenceBlock>
  );
}

function usePersonFacts(evidencePerson: EvidencePerson) {
  const t = useText();
  const { person, groups, attributes, accessInDomain, identities } = evidencePerson;
  const lines = Object.entries(attributes).map(([name, values]) =>
    t('requests.person.attribute', { name, values: values.join(', ') }),
  );
  const none = <span className="text-2">{t('requests.person.none')}</span>;
  return [
    {
      label: t('requests.person.person'),
      value: (
        <>
          <PersonName
            name={person.name}
            username={person.username}
            isDisabled={evidencePerson.status === 'disabled'}
            withUsername
          />
          {typeof person.email === 'string' && <span className="text-2"> {person.email}</span>}
        </>
      ),
    },
    { label: t('requests.person.groups'), value: groups.length === 0 ? none : groups.join(', ') },
    { label: t('requests.person.attributes'), value: lines.length === 0 ? none : lines.join(' · ') },
    {
      label: t('requests.person.accounts'),
      value:
        identities.length === 0
          ? none
          : identities.map((one) => (
              <span key={one.connectionKey} className={styles.identity}>
                <Identifier prefix={one.connectionKey} value={one.externalName} />{' '}
                <span className="text-2">{t(`reviews.identity.${one.state}`)}</span>
              </span>
            )),
    },
    {
      label: t('requests.person.inDomain'),
      value:
        accessInDomain.length === 0
          ? none
          : accessInDomain.map((one) => (
              <span key={one.id} className={styles.identity}>
                <LinkTo to="/products/$slug" params={{ slug: one.id }}>
                  {one.name}
                </LinkTo>{' '}
                <span className="text-2">
                  <Say id="reviews.since" values={{ when: <TimeStamp value={one.since} style="date" /> }} />
                </span>
              </span>
            )),
    },
  ];
}

function PersonFacts({ person, label }: { person: EvidencePerson; label: string }) {
  return <FactList facts={usePersonFacts(person)} label={label} />;
}

/** Who would read the data; and who asked, where that is somebody else. */
export function RequesterBlock({ evidence }: { evidence: Evidence }) {
  const t = useText();
  const { requester, beneficiary } = evidence;
  const isForOther = requester.person.globalUserId !== beneficiary.person.globalUserId;
  return (
    <EvidenceBlock title={t(isForOther ? 'requests.person.beneficiary' : 'requests.person.requester')}>
      <PersonFacts person={beneficiary} label={t('requests.person.beneficiary')} />
      {isForOther && (
        <>
          <h3 className="group-label">{t('requests.person.askedBy')}</h3>
          <PersonFacts person={requester} label={t('requests.person.askedBy')} />
        </>
      )}
    </EvidenceBlock>
  );
}

/** How many of the same groups have it already. */
export function PeersBlock({ evidence }: { evidence: Evidence }) {
  const t = useText();
  return (
    <EvidenceBlock title={t('reviews.peers.title')}>
      <ul className={styles.peers}>
        {evidence.peers.map((peer) => (
          <li key={peer.group}>
            <span>{t('reviews.peers.line', { ...peer })}</span>
            <meter min={0} max={Math.max(1, peer.total)} value={peer.having} aria-hidden="true" />
          </li>
        ))}
      </ul>
      {evidence.peers.length === 0 && <p className="text-2">{t('reviews.peers.empty')}</p>}
    </EvidenceBlock>
  );
}
