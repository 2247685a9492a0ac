import type { Evidence } from '@stoa/contract/evidence';
import { useText } from '../../app/messages/use-text.tsx';
import { RedactionHatch } from '../../ui/RedactionHatch.tsx';
import { sampleOf } from '../policies/mask-sample.ts';
import styles from '../policies/policies.module.css';

type Column = Evidence['maskingColumns'][number];

/** The columns asked for, each with a made-up value as the person sees it now and as they would once it is approved. */
export function MaskingColumns({ columns }: { columns: Evidence['maskingColumns'] }) {
  const t = useText();
  return (
    <>
      <p className="small text-2">{t('reviews.masked.made')}</p>
      <div style={{ overflowX: 'auto' }} role="region" aria-label={t('reviews.masked.label')} tabIndex={0}>
        <table className={styles.samples} style={{ minWidth: 620 }}>
          <thead>
            <tr>
              <th scope="col">{t('reviews.masked.column')}</th>
              <th scope="col">{t('reviews.masked.mask')}</th>
              <th scope="col">{t('reviews.masked.now')}</th>
              <th scope="col">{t('reviews.masked.approved')}</th>
            </tr>
          </thead>
          <tbody>
            {columns.map((column) => (
              <Row key={`${column.sourceId}-${column.name}`} column={column} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Row({ column }: { column: Column }) {
  const t = useText();
  const { mask, masking } = column;
  // A mask that the type cannot bear hides the value.
  const held = mask?.maskingType === 'null' ? ({ maskingType: 'null' } as const) : masking;
  const sample = held == null ? undefined : sampleOf(held, { type: column.type ?? 'text', name: column.name });
  return (
    <tr>
      <th scope="row" className="mono">
        {column.sourceName}.{column.name}
      </th>
      <td>
        {mask == null ? (
          <span className="text-2">{t('reviews.masked.none')}</span>
        ) : (
          <>
            <RedactionHatch mask={mask.maskingType} />
            <p className="small text-2">
              {mask.policyName}
              {mask.matchedTag !== null && ` \u00b7 ${mask.matchedTag}`}
            </p>
          </>
        )}
      </td>
      <td className="mono" data-masked={mask != null || undefined}>
        {mask == null ? '' : sample === undefined ? t('reviews.masked.byPlatform') : (sample.after ?? 'NULL')}
        {mask?.isCell === true && <p className="small text-2">{t('reviews.masked.cell')}</p>}
      </td>
      <td className="mono">{mask?.isLiftable === false ? t('reviews.masked.fixed') : (sample?.before ?? '')}</td>
    </tr>
  );
}
