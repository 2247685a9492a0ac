import {
  type AffectedPeople,
  type DataProductPreview,
  type PreviewDataProductBody,
  previewDataProduct,
} from '@stoa/contract/data-product-use';
import { lazy, Suspense } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { Banner } from '../../ui/Banner.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { StatementBlock } from '../../ui/StatementBlock.tsx';
import type { ChangePreview as Effect } from '../preview/use-change-preview.ts';
import styles from './ManageProduct.module.css';

const ChangePreview = lazy(() =>
  import('../preview/ChangePreview.tsx').then((part) => ({ default: part.ChangePreview })),
);

const namedAtOnce = 8;

/** Read like a page though it travels as a POST: nothing is written. */
export const usePreview = (body: PreviewDataProductBody, isOn: boolean) =>
  useOperation(previewDataProduct, { body }, { enabled: isOn });

function Affected({ people, tone }: { people: AffectedPeople; tone: 'gain' | 'lose' }) {
  const t = useText();
  if (people.count === 0) return null;
  const shown = people.people.slice(0, namedAtOnce);
  const rest = people.count - shown.length;
  return (
    <div>
      <p className={styles[tone]}>{t(tone === 'gain' ? 'manage.gains' : 'manage.loses', { count: people.count })}</p>
      <ul className={styles.people} data-tone={tone}>
        {shown.map((one) => (
          <li key={one.globalUserId} className={styles.line}>
            <b>{one.name}</b> <span className="text-2">{one.reason}</span>
          </li>
        ))}
        {rest > 0 && <li className={styles.line}>{t('manage.more', { count: rest })}</li>}
      </ul>
    </div>
  );
}

/** Sources that are in none of the chosen domains, chosen now or before; the last answer until the next one. */
export function useOutside(body: PreviewDataProductBody, isOn: boolean): DataProductPreview['sources'] {
  const found = useOperation(previewDataProduct, { body }, { enabled: isOn, keepPrevious: true });
  return isOn ? (found.data?.sources ?? []).filter((one) => !one.inDomain) : [];
}

/** What follows beside access: requests that are canceled, and what holds access back. */
export function EffectNotes({ found }: { found: DataProductPreview }) {
  const t = useText();
  const { pendingRequestsCanceled, warnings } = found;
  return (
    <>
      {pendingRequestsCanceled > 0 && (
        <p className={styles.lose}>{t('manage.canceled', { count: pendingRequestsCanceled })}</p>
      )}
      {warnings.map((warning) => (
        <Banner key={warning} tone="warning">
          {warning}
        </Banner>
      ))}
    </>
  );
}

/** Who gains, who loses, and what would run where, before anything is saved. Never an old count beside a new draft. */
export function EffectPreview(props: { preview: ReturnType<typeof usePreview>; effect: Effect; isNew: boolean }) {
  const { preview, effect, isNew } = props;
  const t = useText();
  if (preview.error !== null) return <ErrorNotice problem={preview.error} onRetry={() => void preview.refetch()} />;
  if (preview.data === undefined) {
    return (
      <div role="status">
        <p className="text-2 small">{t('manage.counting')}</p>
        <SkeletonText lines={3} />
      </div>
    );
  }
  const { gains, loses, sources, connections } = preview.data;
  const added = sources.filter((one) => one.change === 'added').length;
  const removed = sources.filter((one) => one.change === 'removed').length;
  return (
    <div className={styles.effect}>
      {isNew && <p>{t('manage.effectNew')}</p>}
      {!effect.isReady && (
        <>
          {!isNew && gains.count === 0 && loses.count === 0 && <p>{t('manage.effectSame')}</p>}
          <Affected people={gains} tone="gain" />
          <Affected people={loses} tone="lose" />
        </>
      )}
      {!isNew && added > 0 && <p className={styles.line}>{t('manage.added', { count: added })}</p>}
      {removed > 0 && <p className={styles.line}>{t('manage.removed', { count: removed })}</p>}
      <EffectNotes found={preview.data} />
      <Suspense fallback={<SkeletonText lines={3} />}>
        <ChangePreview preview={effect} />
      </Suspense>
      {connections.map((one) => (
        <div key={one.connectionKey}>
          <p className={styles.line}>{t('manage.objects', { count: one.objects, connection: one.connectionKey })}</p>
          {one.statements.length > 0 && <StatementBlock statements={one.statements} connection={one.connectionKey} />}
        </div>
      ))}
    </div>
  );
}
