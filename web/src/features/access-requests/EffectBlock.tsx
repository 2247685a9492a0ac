import type { Evidence } from '@stoa/contract/evidence';
import type { PlanConnection } from '@stoa/contract/plan';
import { lazy, Suspense, useState } from 'react';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { PlatformGlyph } from '../../ui/PlatformGlyph.tsx';
import { RedactionHatch } from '../../ui/RedactionHatch.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { EvidenceBlock } from './EvidenceBlock.tsx';
import { useReasonText } from './reason-text.ts';
import styles from './review.module.css';
import { useExplain } from './use-explain.tsx';

type Source = Evidence['sources'][number];

const shownAtFirst = 50;
const openUpTo = 4;
const answered = { isPending: false, error: null, refetch: () => undefined };

function After({ source }: { source: Source }) {
  const t = useText();
  switch (source.effect) {
    case 'GAINS_ACCESS':
      return (
        <>
          <strong>{t('reviews.effect.select')}</strong>
          {source.cause !== undefined && <p className="text-2">{source.cause}.</p>}
        </>
      );
    case 'HAS_ACCESS':
      return <span className="text-2">{t('reviews.effect.same')}</span>;
    case 'PREVENTED':
      return (
        <StatusMark
          kind="access"
          value="RESTRICTED"
          detail={t('reviews.effect.prevented', { cause: source.cause ?? '' })}
        />
      );
  }
}

function Masks({ source }: { source: Source }) {
  const t = useText();
  return (
    <span className={styles.masks}>
      {t('reviews.effect.columnCount', { count: source.columnCount })}
      {source.maskedColumnCount > 0 && (
        <RedactionHatch mask={t('reviews.effect.maskedCount', { count: source.maskedColumnCount })} />
      )}
      {source.tags.map((tag) => (
        <span key={tag} className={styles.tag}>
          {tag}
        </span>
      ))}
    </span>
  );
}

/** The connection stands before each object only where there are several; else the statements name it once. */
function useSourceColumns({ sources, request }: Evidence, explain: (sourceId: number) => void): Column<Source>[] {
  const t = useText();
  const isOneConnection = new Set(sources.map((source) => source.connectionKey)).size < 2;
  const isPending = request.status === 'PENDING';
  return [
    {
      key: 'object',
      header: t('reviews.effect.object'),
      width: '44%',
      cell: (source) => (
        <Identifier
          {...(isOneConnection ? {} : { prefix: source.connectionKey })}
          value={source.objectPath.join('.')}
          maxLength={42}
        />
      ),
    },
    {
      key: 'now',
      header: t(isPending ? 'reviews.effect.now' : 'reviews.effect.without'),
      cell: (source) =>
        source.effect === 'HAS_ACCESS' ? (
          t('reviews.effect.hasBy', { cause: source.cause ?? '' })
        ) : source.effect === 'PREVENTED' && !isPending ? (
          <StatusMark kind="access" value="RESTRICTED" detail={source.cause ?? ''} />
        ) : (
          <span className={styles.short}>{t('reviews.effect.none')}</span>
        ),
    },
    ...(isPending
      ? [{ key: 'after', header: t('reviews.effect.after'), cell: (source: Source) => <After source={source} /> }]
      : []),
    { key: 'columns', header: t('reviews.effect.columns'), cell: (source) => <Masks source={source} /> },
    {
      key: 'why',
      header: t('product.data.why'),
      isHeaderHidden: true,
      width: '96px',
      cell: (source) => {
        const has = source.effect === 'HAS_ACCESS';
        return (
          <ActionButton
            size="xs"
            tone="quiet"
            label={t(has ? 'product.data.why' : 'product.data.whyNot')}
            fullLabel={t(has ? 'product.data.whyOf' : 'product.data.whyNotOf', { source: source.objectPath.join('.') })}
            onClick={() => explain(source.dataSourceId)}
          />
        );
      },
    },
  ];
}

/** Whom to ask about the data: each once, with how many of the sources they answer for where that is not all. */
function Owners({ sources }: { sources: readonly Source[] }) {
  const t = useText();
  const counts = new Map<string, number>();
  for (const name of sources.flatMap((source) => source.owners)) counts.set(name, (counts.get(name) ?? 0) + 1);
  if (counts.size === 0) return null;
  const names = [...counts].map(([name, count]) =>
    count === sources.length ? name : t('reviews.effect.ownerOf', { name, count }),
  );
  return (
    <p className="text-2">
      {t('reviews.effect.owners', { count: counts.size })} {names.join(', ')}
    </p>
  );
}

function PlanOfConnection({ plan }: { plan: PlanConnection }) {
  const t = useText();
  const reasonText = useReasonText();
  return (
    <div className={styles.plan}>
      <StatementBlock
        statements={plan.statements}
        connection={plan.connectionKey}
        isOpenAtFirst={plan.statements.length > 0 && plan.statements.length <= openUpTo}
      />
      <p className={styles.planFacts}>
        <PlatformGlyph technology={plan.technology} isNamed />
        <span>{t('reviews.plan.reach', { objects: plan.objects, principals: plan.principals })}</span>
        {(plan.principalNames ?? []).map((name) => (
          <Identifier key={name} value={name} />
        ))}
        {plan.observedAt !== undefined && (
          <span className="text-2">
            <Say id="reviews.plan.observed" values={{ when: <TimeStamp value={plan.observedAt} style="relative" /> }} />
          </span>
        )}
      </p>
      {(plan.blocked ?? []).map((blocked) => (
        <p key={`${blocked.object}-${blocked.reason}`} className={styles.planBlocked}>
          <StatusMark
            kind="provisioning"
            value="PREVENTED"
            detail={
              <>
                <Identifier value={blocked.object} isCopyable={false} /> {reasonText(blocked.reason)}
              </>
            }
          />
        </p>
      ))}
    </div>
  );
}

/** A platform where nothing would run and nothing is held back has nothing to show. */
const hasContent = (plan: PlanConnection): boolean => plan.statements.length > 0 || isHeldBack(plan);

const isHeldBack = (plan: PlanConnection): boolean => (plan.blocked ?? []).length > 0;

function Plan({ evidence }: { evidence: Evidence }) {
  const t = useText();
  const { plan } = evidence;
  if (plan === null) return null;
  return (
    <div className={styles.plans}>
      <h3 className="group-label">{t('reviews.plan.title')}</h3>
      {plan.empty && (
        <p className="text-2">
          {t(plan.connections.some(isHeldBack) ? 'reviews.plan.heldBack' : 'reviews.plan.empty')}
        </p>
      )}
      {plan.connections.filter(hasContent).map((connection) => (
        <PlanOfConnection key={connection.connectionKey} plan={connection} />
      ))}
      {evidence.request.type === 'MASKING_EXCEPTION' && !plan.empty && (
        <p className="small text-2">{t('reviews.plan.endOfException')}</p>
      )}
    </div>
  );
}

function Findings({ evidence }: { evidence: Evidence }) {
  const t = useText();
  if (evidence.findings.length === 0) return null;
  return (
    <div>
      <h3 className="group-label">{t('reviews.findings.title')}</h3>
      <ul className={styles.lines}>
        {evidence.findings.map((one) => (
          <li key={`${one.finding}-${one.object}-${one.principal ?? ''}`}>
            <Identifier value={one.object} /> {t(`reviews.findings.${one.finding}`)}{' '}
            {one.principal !== null && <Identifier value={one.principal} />}{' '}
            <span className="text-2">
              <Say id="reviews.since" values={{ when: <TimeStamp value={one.since} style="date" /> }} />
            </span>
            {one.ignored !== undefined && <p className="small text-2">{t('reviews.findings.ignored', one.ignored)}</p>}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What approving would change, source by source, and the exact statements that would run. */
export function EffectBlock({ evidence }: { evidence: Evidence }) {
  return evidence.request.type === 'MASKING_EXCEPTION' ? (
    <ColumnsEffect evidence={evidence} />
  ) : (
    <AccessEffect evidence={evidence} />
  );
}

const MaskingColumns = lazy(() =>
  import('./MaskingColumns.tsx').then((module) => ({ default: module.MaskingColumns })),
);

/** An exception opens no table: it is about columns, and about ways around their masks. */
function ColumnsEffect({ evidence }: { evidence: Evidence }) {
  const t = useText();
  return (
    <EvidenceBlock title={t('reviews.masking.title')} summary={String(evidence.maskingColumns.length)}>
      <Suspense fallback={<SkeletonText lines={3} />}>
        <MaskingColumns columns={evidence.maskingColumns} />
      </Suspense>
      <Plan evidence={evidence} />
      <Findings evidence={evidence} />
    </EvidenceBlock>
  );
}

function AccessEffect({ evidence }: { evidence: Evidence }) {
  const t = useText();
  const { explain, dialog } = useExplain(evidence.beneficiary.person.globalUserId);
  const columns = useSourceColumns(evidence, explain);
  const [showsAll, setShowsAll] = useState(false);
  const { sources } = evidence;
  const rows = showsAll ? sources : sources.slice(0, shownAtFirst);
  const count = (effect: Source['effect']) => sources.filter((source) => source.effect === effect).length;
  return (
    <EvidenceBlock
      title={t(evidence.request.status === 'PENDING' ? 'reviews.effect.title' : 'reviews.effect.titlePast')}
      summary={t('reviews.effect.summary', {
        gains: count('GAINS_ACCESS'),
        has: count('HAS_ACCESS'),
        prevented: count('PREVENTED'),
      })}
    >
      <DataTable
        label={t('reviews.effect.table')}
        columns={columns}
        rows={rows}
        rowKey={(source) => String(source.dataSourceId)}
        state={answered}
        total={sources.length}
        hasRowKeys={false}
        empty={<p className="text-2">{t('reviews.effect.noSources')}</p>}
      />
      {rows.length < sources.length && (
        <ActionButton
          label={t('reviews.effect.showAll', { count: sources.length })}
          onClick={() => setShowsAll(true)}
        />
      )}
      {dialog}
      <Owners sources={sources} />
      <Plan evidence={evidence} />
      <Findings evidence={evidence} />
    </EvidenceBlock>
  );
}
