import { Radio } from '@mantine/core';
import { type DomainPreview, previewDomain } from '@stoa/contract/domain';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { ChooseTag, type FoundTag } from '../tags/FindTag.tsx';
import styles from '../tags/tags.module.css';

/** What a domain holds: sources that are picked, or those that carry a tag, once one is chosen. */
export type Holds = { readonly isDynamic: boolean; readonly tag: FoundTag | null };

type Moved = DomainPreview['joining'];

function MovedList({ head, moved }: { head: string; moved: Moved }) {
  const t = useText();
  if (moved.count === 0) return null;
  return (
    <>
      <p className={styles.previewHead}>{head}</p>
      <ul className={styles.previewList} tabIndex={0} aria-label={head}>
        {moved.dataSources.map((one) => (
          <li key={one.id}>
            {one.connectionKey} · {one.name}
          </li>
        ))}
        {moved.count > moved.dataSources.length && (
          <li className="text-2">{t('tags.previewMore', { count: moved.count - moved.dataSources.length })}</li>
        )}
      </ul>
    </>
  );
}

function Loaded({ preview, isNew }: { preview: DomainPreview; isNew: boolean }) {
  const t = useText();
  const { joining, leaving, staying, products } = preview;
  return (
    <>
      {joining.count + leaving.count === 0 && <p>{t('tags.previewNone')}</p>}
      <MovedList head={t('tags.previewJoin', { count: joining.count })} moved={joining} />
      <MovedList head={t('tags.previewLeave', { count: leaving.count })} moved={leaving} />
      {!isNew && <p className="text-2">{t('tags.previewStay', { count: staying })}</p>}
      {products.length > 0 && (
        <>
          <p className={styles.previewHead}>{t('tags.previewProducts', { count: products.length })}</p>
          <ul className={styles.previewList}>
            {products.map((one) => (
              <li key={one.id}>{one.name}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

/** What would join and leave if the domain held what carries this tag. */
export function HoldsPreview({ domainId, tagId }: { domainId: string | undefined; tagId: number }) {
  const t = useText();
  const body = { tagId, ...(domainId === undefined ? {} : { id: domainId }) };
  const preview = useOperation(previewDomain, { body }, { keepPrevious: true });
  return (
    <section className={styles.preview} aria-label={t('tags.preview')} aria-busy={preview.isFetching}>
      <h3 className={styles.previewTitle}>{t('tags.preview')}</h3>
      {preview.error !== null && <ErrorNotice problem={preview.error} onRetry={() => void preview.refetch()} />}
      {preview.isPending && <p className="text-2">{t('tags.previewLoading')}</p>}
      {preview.data !== undefined && preview.error === null && (
        <Loaded preview={preview.data} isNew={domainId === undefined} />
      )}
    </section>
  );
}

type Props = {
  readonly domainId?: string;
  readonly holds: Holds;
  /** The tag that the domain has: of that there is nothing to preview. */
  readonly current?: number | undefined;
  readonly isTried: boolean;
  readonly onChange: (holds: Holds) => void;
};

/** Picked by hand, or made of a tag; with what joins and leaves by it. */
export function HoldsFields({ domainId, holds, current, isTried, onChange }: Props) {
  const t = useText();
  const isMissing = isTried && holds.tag === null;
  return (
    <>
      <Radio.Group
        label={t('tags.domain')}
        value={holds.isDynamic ? 'dynamic' : 'manual'}
        onChange={(value) => onChange({ ...holds, isDynamic: value === 'dynamic' })}
      >
        <Radio value="manual" label={t('tags.domainManual')} mt={8} />
        <Radio value="dynamic" label={t('tags.domainDynamic')} mt={8} />
      </Radio.Group>
      {holds.isDynamic && (
        <>
          <ChooseTag
            label={t('tags.domainTag')}
            description={t('tags.domainTagHint')}
            {...(isMissing ? { error: t('tags.domainTagMissing') } : {})}
            value={holds.tag}
            onChoose={(tag) => onChange({ ...holds, tag })}
          />
          {holds.tag !== null && holds.tag.id !== current && <HoldsPreview domainId={domainId} tagId={holds.tag.id} />}
        </>
      )}
    </>
  );
}
