import { previewAccessRequest } from '@stoa/contract/access-request';
import { getDataProductRequestForms } from '@stoa/contract/asset';
import type { DataProduct } from '@stoa/contract/data-product';
import { searchAppliedTags } from '@stoa/contract/metadata';
import { lazy, Suspense } from 'react';
import { useCurrentUser } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { Chips } from '../../ui/Chips.tsx';
import { FactList } from '../../ui/FactList.tsx';
import { MarkdownText } from '../../ui/MarkdownText.tsx';
import { PersonName } from '../../ui/PersonName.tsx';
import { Section } from '../../ui/Section.tsx';
import { SkeletonText } from '../../ui/Skeletons.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { useUsualTime } from './AccessStateMark.tsx';
import styles from './product.module.css';

/** With the rest of the request page, once the product stands. */
const PreviewPanel = lazy(() =>
  import('../access-requests/PreviewPanel.tsx').then((part) => ({ default: part.PreviewPanel })),
);

function useFacts(product: DataProduct) {
  const t = useText();
  const usual = useUsualTime()(product.medianDecisionHours);
  const expert = product.metadata?.subjectMatterExpert;
  return [
    {
      label: t('product.fact.owners'),
      value: (product.owners ?? []).map((owner) => (
        <PersonName key={owner.globalUserId} name={owner.name} username={owner.username} />
      )),
    },
    {
      label: t('product.fact.expert'),
      value:
        expert === undefined ? (
          t('product.fact.noExpert')
        ) : (
          <PersonName name={expert.name} username={expert.username} />
        ),
    },
    {
      label: t('product.fact.domains'),
      value: (product.domainNames ?? []).map((domain) => domain.name).join(', '),
    },
    { label: t('product.fact.members'), value: product.memberCount ?? '' },
    { label: t('product.fact.decisions'), value: usual ?? t('product.fact.noDecisions') },
    { label: t('product.fact.published'), value: <TimeStamp value={product.createdAt} style="date" /> },
    { label: t('product.fact.updated'), value: <TimeStamp value={product.updatedAt} style="date" withRelative /> },
  ];
}

/** What its data sources and their columns are about: the tags that people and identification gave them. */
function ProductTags({ product }: { product: DataProduct }) {
  const t = useText();
  const body = {
    dataProductId: product.id,
    excludedHierarchies: ['Stoa Connections', 'Stoa Data Product', 'Stoa Data Object', 'Stoa New'],
    limit: 100,
  };
  const tags = useOperation(searchAppliedTags, { body });
  const found = tags.data?.data ?? [];
  if (found.length === 0) return null;
  return (
    <Section title={t('product.columns.tags')}>
      <Chips
        label={t('product.columns.tags')}
        items={found.map((one) => ({ key: String(one.tagId), text: one.name }))}
      />
    </Section>
  );
}

/** The questions one will be asked, and the texts one will be asked to accept: known before the form is opened. */
function Expect({ product }: { product: DataProduct }) {
  const t = useText();
  const forms = useOperation(getDataProductRequestForms, { params: { id: product.id } });
  const form = forms.data?.find((one) => one.requestType === 'DATA_ACCESS');
  if (form === undefined) return null;
  return (
    <Section title={t('product.expect.title')} lead={t('product.expect.form', { name: form.name })}>
      <ul className={styles.list}>
        {form.fields.map((field) => (
          <li key={field.id}>{field.label}</li>
        ))}
        {form.dataUseAgreements.map((agreement) => (
          <li key={agreement.id}>{t('product.expect.agreement', { name: agreement.name })}</li>
        ))}
      </ul>
    </Section>
  );
}

function WhoDecides({ product, user }: { product: DataProduct; user: string }) {
  const t = useText();
  const usual = useUsualTime()(product.medianDecisionHours);
  const preview = useOperation(previewAccessRequest, { params: { id: product.id }, body: { user } });
  // Without answers the server may decline to predict; then the request page says it, once there are some.
  const stages = preview.data?.stages ?? [];
  if (stages.length === 0 || preview.data === undefined) return null;
  const { refusal: _, existingRequestId: __, ...plain } = preview.data;
  return (
    <Section title={t('product.decides.title')}>
      <Suspense fallback={<SkeletonText lines={4} />}>
        <PreviewPanel preview={plain} problem={null} usual={usual} />
      </Suspense>
    </Section>
  );
}

/** What the product is, and what asking for it involves. */
export function ProductOverview({ product }: { product: DataProduct }) {
  const t = useText();
  const me = useCurrentUser();
  const facts = useFacts(product);
  const { description } = product;
  return (
    <div className="detail">
      <div>
        <Section title={t('product.about')}>
          {typeof description === 'string' && description.trim() !== '' ? (
            <MarkdownText text={description} />
          ) : (
            <p className="text-2">{t('marketplace.noDescription')}</p>
          )}
        </Section>
        <ProductTags product={product} />
        <Expect product={product} />
        {me !== undefined && product.accessState !== 'PENDING' && product.accessState !== 'HAVE' && (
          <WhoDecides product={product} user={me.globalUserId} />
        )}
      </div>
      <aside>
        <div className={styles.side}>
          <FactList facts={facts} label={t('product.facts')} />
        </div>
      </aside>
    </div>
  );
}
