import type { AuditChain } from '@stoa/contract/audit-chain';
import { useText } from '../../app/messages/use-text.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { type Fact, FactList } from '../../ui/FactList.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { Section } from '../../ui/Section.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import styles from './Audit.module.css';
import { AuditSinks } from './AuditSinks.tsx';
import { ChainVerification } from './ChainVerification.tsx';

/** Events should wait for seconds; after this it is said. */
const longestWait = 5 * 60_000;

function Warnings({ chain, now }: { chain: AuditChain; now: number }) {
  const t = useText();
  const isWaiting = chain.waitingSince !== null && now - Date.parse(chain.waitingSince) > longestWait;
  const signed = chain.checkpoint?.seq ?? 0;
  return (
    <>
      {signed > chain.sealed && <Banner tone="danger">{t('auditChain.cut', { sealed: chain.sealed, signed })}</Banner>}
      {isWaiting && <Banner tone="warning">{t('auditChain.late')}</Banner>}
      {chain.sinks
        .filter((sink) => sink.isLate)
        .map((sink, number) => (
          <Banner key={`${sink.kind} ${sink.host} ${number}`} tone="warning">
            {t('auditChain.sinkLate', {
              sink: [t(`auditChain.sink.${sink.kind}`), ...(sink.host === null ? [] : [sink.host])].join(' '),
            })}
          </Banner>
        ))}
    </>
  );
}

function ChainState({ chain }: { chain: AuditChain }) {
  const t = useText();
  const { checkpoint, publicKey } = chain;
  const waiting =
    chain.waitingSince === null ? (
      t('auditChain.none')
    ) : (
      <>
        {t('auditChain.waitingSince', { count: chain.waiting })}
        <TimeStamp value={chain.waitingSince} style="relative" />
      </>
    );
  const facts: Fact[] = [
    { label: t('auditChain.sealed'), value: <span className="num">{chain.sealed.toLocaleString('en')}</span> },
    { label: t('auditChain.waiting'), value: waiting },
    {
      label: t('auditChain.checkpoint'),
      value:
        checkpoint === null ? (
          t('auditChain.none')
        ) : (
          <>
            {t('auditChain.checkpointAt', { number: checkpoint.number, seq: checkpoint.seq })}
            <TimeStamp value={checkpoint.time} withRelative />
          </>
        ),
    },
    ...(checkpoint === null
      ? []
      : [{ label: t('auditChain.key'), value: <Identifier value={checkpoint.keyId} maxLength={32} /> }]),
  ];
  return (
    <Section title={t('auditChain.state')}>
      <FactList label={t('auditChain.state')} facts={facts} />
      {publicKey !== null && <StatementBlock title={t('auditChain.publicKey')} statements={[publicKey.trim()]} />}
    </Section>
  );
}

type Props = { readonly chain: AuditChain; readonly now: number; readonly onEnd: () => void };

/** What is known of the chain: loaded after the page stands. */
export function AuditChainView({ chain, now, onEnd }: Props) {
  return (
    <div className={styles.stack}>
      <Warnings chain={chain} now={now} />
      <ChainState chain={chain} />
      <ChainVerification chain={chain} onEnd={onEnd} />
      <AuditSinks chain={chain} />
    </div>
  );
}
