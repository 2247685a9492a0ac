import { CloseButton } from '@mantine/core';
import { type DataObject, readDataObject } from '@stoa/contract/data-object';
import { readDataSource } from '@stoa/contract/data-source';
import { lazy, Suspense } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { type Fact, FactList } from '../../ui/FactList.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { useKindText } from '../../ui/kind-text.ts';
import { CopyLink } from '../assets/CopyLink.tsx';
import { ObjectActs } from './ObjectActs.tsx';
import styles from './Objects.module.css';

const ObjectStateForm = lazy(() => import('./ObjectStateForm.tsx').then((part) => ({ default: part.ObjectStateForm })));

const SourceIdentification = lazy(() =>
  import('../identification/SourceIdentification.tsx').then((part) => ({ default: part.SourceIdentification })),
);

const SourceReports = lazy(() => import('./SourceReports.tsx').then((part) => ({ default: part.SourceReports })));
const SourcePolicies = lazy(() => import('./SourcePolicies.tsx').then((part) => ({ default: part.SourcePolicies })));
const ObjectRoles = lazy(() => import('./ObjectRoles.tsx').then((part) => ({ default: part.ObjectRoles })));

function useFacts(object: DataObject): Fact[] {
  const t = useText();
  const kindText = useKindText();
  const facts: (Fact | undefined)[] = [
    {
      label: t('objects.fact.path'),
      value: <Identifier value={object.objectPath.join('.')} prefix={object.connectionKey} />,
    },
    { label: t('objects.fact.kind'), value: kindText(object.objectType) },
    object.comment == null ? undefined : { label: t('objects.fact.comment'), value: object.comment },
    object.owner == null ? undefined : { label: t('objects.fact.owner'), value: <Identifier value={object.owner} /> },
    object.childCount === 0 ? undefined : { label: t('objects.fact.children'), value: object.childCount },
    object.missingSince === null
      ? undefined
      : { label: t('objects.fact.missing'), value: <TimeStamp value={object.missingSince} withRelative /> },
    object.hold === null
      ? undefined
      : { label: t('objects.fact.hold'), value: <span className={styles.warn}>{object.hold}</span> },
  ];
  return facts.filter((fact) => fact !== undefined);
}

function SourcePart({ dataSourceId }: { dataSourceId: number }) {
  const t = useText();
  const source = useOperation(readDataSource, { params: { id: dataSourceId } });
  if (source.error !== null) return <ErrorNotice problem={source.error} onRetry={() => void source.refetch()} />;
  if (source.data === undefined) return <SkeletonText lines={6} />;
  const { columns, domains, products, tags } = source.data;
  const own = tags.filter((name) => !name.startsWith('Stoa '));
  const facts: Fact[] = [
    { label: t('objects.fact.tags'), value: own.length === 0 ? t('objects.noDomain') : own.join(', ') },
    {
      label: t('objects.fact.domains'),
      value:
        domains.length === 0
          ? t('objects.noDomain')
          : domains.map((one) => (
              <LinkTo key={one.id} to="/govern/domains/$id" params={{ id: one.id }} search={{}}>
                {one.name}{' '}
              </LinkTo>
            )),
    },
    {
      label: t('objects.fact.products'),
      value:
        products.length === 0
          ? t('objects.noDomain')
          : products.map((one) => (
              <LinkTo key={one.id} to="/products/$slug" params={{ slug: one.slug }} search={{}}>
                {one.name}{' '}
              </LinkTo>
            )),
    },
  ];
  return (
    <>
      <FactList facts={facts} />
      <Suspense>
        <SourceReports source={source.data} />
      </Suspense>
      <Suspense>
        <SourcePolicies dataSourceId={dataSourceId} />
      </Suspense>
      <Suspense>
        <SourceIdentification dataSourceId={dataSourceId} />
      </Suspense>
      <h3>{t('objects.columns', { count: columns.length })}</h3>
      <ul className={styles.columns} tabIndex={0} aria-label={t('objects.columns', { count: columns.length })}>
        {columns.map((column) => (
          <li key={column.ordinal} className={styles.column}>
            <span className={styles.columnName}>{column.name}</span>
            <span className="mono text-2">{column.nativeType}</span>
            {(column.comment !== null || !column.nullable || column.tags.length > 0) && (
              <span className={styles.columnNote}>
                {[...column.tags, column.nullable ? undefined : t('objects.notNull'), column.comment ?? undefined]
                  .filter((part) => part !== undefined)
                  .join(' · ')}
              </span>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function Loaded({ object }: { object: DataObject }) {
  const t = useText();
  const facts = useFacts(object);
  return (
    <>
      <FactList facts={facts} />
      <div className={styles.acts}>
        <CopyLink id={object.id} name={object.name} />
        <LinkTo look="button" to="/assets/$id" params={{ id: object.id }}>
          {t('objects.openAsset')}
        </LinkTo>
      </div>
      <div className={styles.part}>
        <ObjectActs object={object} />
        <Suspense fallback={<SkeletonText lines={4} />}>
          <ObjectStateForm object={object} />
        </Suspense>
      </div>
      <div className={styles.part}>
        <h3>{t('owners.title')}</h3>
        <Suspense fallback={<SkeletonText lines={2} />}>
          <ObjectRoles id={object.id} />
        </Suspense>
      </div>
      <div className={styles.part}>
        {object.dataSourceId === null ? (
          object.childCount === 0 && <p className="text-2">{t('objects.noSource')}</p>
        ) : (
          <SourcePart dataSourceId={object.dataSourceId} />
        )}
      </div>
    </>
  );
}

/** One object: where it is, its state, its request link, its columns. */
export function ObjectDetail({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useText();
  const object = useOperation(readDataObject, { params: { id } });
  return (
    <aside className={styles.detail} aria-label={t('objects.detail')}>
      <div className={styles.detailHead}>
        <h2>{object.data?.name ?? t('objects.detail')}</h2>
        <CloseButton aria-label={t('objects.close')} onClick={onClose} />
      </div>
      {object.error !== null && <ErrorNotice problem={object.error} onRetry={() => void object.refetch()} />}
      {object.isPending && <SkeletonText lines={6} />}
      {object.data !== undefined && <Loaded object={object.data} />}
    </aside>
  );
}
