import { getFormAssets, getFormDataProducts, type RequestForm } from '@stoa/contract/request-form';
import type { AnswerOf } from '@stoa/contract/operation';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { type Column, DataTable } from '../../ui/DataTable.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { Section } from '../../ui/Section.tsx';
import styles from './forms.module.css';

type Product = AnswerOf<typeof getFormDataProducts>[number];
type Asset = AnswerOf<typeof getFormAssets>[number];

/** Everything that asks by the form: a new version is theirs at once. */
export function UsesTab({ form }: { form: RequestForm }) {
  const t = useText();
  const products = useOperation(getFormDataProducts, { params: { id: form.id } });
  const assets = useOperation(getFormAssets, { params: { id: form.id } });
  const productColumns: Column<Product>[] = [
    {
      key: 'name',
      header: t('forms.uses.product'),
      cell: (one) => (
        <LinkTo look="row" to="/manage/products/$id" params={{ id: one.id }} search={{}}>
          {one.name}
        </LinkTo>
      ),
    },
    {
      key: 'types',
      header: t('forms.uses.asksFor'),
      cell: (one) => one.requestTypes.map((type) => t(`forms.requestType.${type}`)).join(', '),
    },
  ];
  const assetColumns: Column<Asset>[] = [
    {
      key: 'name',
      header: t('forms.uses.asset'),
      cell: (one) => (
        <LinkTo look="row" to="/assets/$id" params={{ id: one.id }} search={{ tab: 'settings' }}>
          {one.name}
        </LinkTo>
      ),
    },
    { key: 'type', header: t('forms.uses.asksFor'), cell: (one) => t(`forms.requestType.${one.requestType}`) },
  ];
  return (
    <div className={styles.stack}>
      <Section title={t('forms.uses.products')} lead={t('forms.uses.productsLead')}>
        <DataTable
          label={t('forms.uses.products')}
          columns={productColumns}
          rows={products.data}
          rowKey={(one) => one.id}
          state={products}
          empty={<EmptyState title={t('forms.uses.noProducts')} text={t('forms.uses.noProductsText')} />}
        />
      </Section>
      <Section title={t('forms.uses.assets')} lead={t('forms.uses.assetsLead')}>
        <DataTable
          label={t('forms.uses.assets')}
          columns={assetColumns}
          rows={assets.data}
          rowKey={(one) => `${one.id}-${one.requestType}`}
          state={assets}
          empty={<EmptyState title={t('forms.uses.noAssets')} />}
        />
      </Section>
    </div>
  );
}
