import { listSourcePolicies, type SourcePolicy } from '@stoa/contract/source-policy';
import { lazy, Suspense, useState } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useOperation } from '../../lib/api.ts';
import { ActionButton } from '../../ui/ActionButton.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import styles from './Objects.module.css';
import { type Asked, type OnSourceAct, onSourceActs } from './settle-acts.ts';

const Ask = lazy(() => import('./SettleDialog.tsx').then((part) => ({ default: part.SettleDialog })));

function useNote(): (one: SourcePolicy) => string {
  const t = useText();
  return (one) => {
    if (one.off !== null) return t('owners.offBy', { who: one.off.by?.name ?? '', reason: one.off.reason });
    if (one.loses.length > 0 && one.wins.length === 0) return t('owners.loses', { columns: one.loses.join(', ') });
    if (one.wins.length > 0) return t('owners.wins', { columns: one.wins.join(', ') });
    return one.signed === null ? '' : t('owners.signedBy', { who: one.signed.by?.name ?? '' });
  };
}

function Row({ one, onAsk }: { one: SourcePolicy; onAsk: (act: OnSourceAct) => void }) {
  const t = useText();
  const note = useNote()(one);
  const offered = onSourceActs.filter((act) => abilityOn(one.abilities, act).allowed);
  return (
    <li className={styles.column}>
      <LinkTo to="/govern/policies/$id" params={{ id: one.policyId }} search={{}}>
        {one.name}
      </LinkTo>
      <span className={one.standing === 'CONFLICT' || one.standing === 'WAITING' ? styles.warn : 'text-2'}>
        {t(`owners.standing.${one.standing}`)}
      </span>
      <span className={styles.columnNote}>
        {note}
        {offered.map((act) => (
          <ActionButton
            key={act}
            tone="quiet"
            size="xs"
            label={t(`owners.act.${act}`)}
            fullLabel={t(`owners.ask.${act}`, { name: one.name })}
            onClick={() => onAsk(act)}
          />
        ))}
      </span>
    </li>
  );
}

/** The policies that are meant for a data source, how each stands there, and what its owner can decide. */
export function SourcePolicies({ dataSourceId }: { dataSourceId: number }) {
  const t = useText();
  const [asked, setAsked] = useState<Asked>();
  const found = useOperation(listSourcePolicies, { params: { id: dataSourceId } });
  // Whoever may not read them sees the source without them.
  if (found.error?.status === 404) return null;
  if (found.error !== null) return <ErrorNotice problem={found.error} onRetry={() => void found.refetch()} />;
  if (found.data === undefined) return <SkeletonText lines={2} />;
  const { data, abilities } = found.data;
  return (
    <div className={styles.part}>
      <h3>{t('owners.policies')}</h3>
      {data.length === 0 ? (
        <p className="text-2">{t('owners.noPolicies')}</p>
      ) : (
        <ul className={styles.columns}>
          {data.map((one) => (
            <Row key={one.policyId} one={one} onAsk={(act) => setAsked({ one, act })} />
          ))}
        </ul>
      )}
      {abilityOn(abilities, 'author').allowed && (
        <LinkTo
          look="button"
          to="/govern/policies/$id"
          params={{ id: 'new' }}
          search={{ source: String(dataSourceId) }}
        >
          {t('owners.write')}
        </LinkTo>
      )}
      <Suspense fallback={null}>
        {asked !== undefined && <Ask asked={asked} dataSourceId={dataSourceId} onClose={() => setAsked(undefined)} />}
      </Suspense>
    </div>
  );
}
