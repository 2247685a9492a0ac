import { type DataProduct, getDataProductById } from '@stoa/contract/data-product';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useText } from '../../app/messages/use-text.tsx';
import { abilityOn } from '../../lib/ability-on.ts';
import { useOperation } from '../../lib/api.ts';
import { isGone } from '../../lib/api-problem.ts';
import { Banner } from '../../ui/Banner.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { SkeletonPage, SkeletonText } from '../../ui/Skeletons.tsx';
import { purposeOf } from '../data-products/product-purpose.ts';
import { productTarget } from './request-target.ts';
import { requestTypeOf } from './request-type.ts';
import { RequestScreen } from './RequestScreen.tsx';
import { RequestSources } from './RequestSources.tsx';

// Few requests are for columns: the picker comes with the first of them.
const MaskedColumnPicker = lazy(() =>
  import('./MaskedColumnPicker.tsx').then((module) => ({ default: module.MaskedColumnPicker })),
);

const titleOf = (product: DataProduct, isMasking: boolean) => {
  if (isMasking) return 'asking.form.maskingTitle';
  if (product.accessState === 'EXPIRED') return 'asking.form.renewTitle';
  return product.accessState === 'HAVE' ? 'asking.form.extendTitle' : 'asking.form.title';
};

/** Asks for a data product. `type`, `for` and `from` of the address choose kind, person and earlier answers. */
export function RequestAccessPage() {
  const t = useText();
  const { slug } = useParams({ from: '/shell/products/$slug/request' });
  const list = useListState();
  const product = useOperation(getDataProductById, { params: { id: slug } });
  const { type, wrong } = requestTypeOf(list.text('type') ?? list.text('requestType'));
  const isMasking = type === 'MASKING_EXCEPTION';
  if (product.isPending) return <SkeletonPage />;
  if (product.data === undefined || isGone(product.error)) {
    return (
      <>
        <PageHeader title={t('asking.link.title')} section={t('marketplace.name')} />
        {product.error !== null && (
          <ErrorNotice
            problem={product.error}
            wasShown={product.data !== undefined}
            onRetry={() => void product.refetch()}
          />
        )}
      </>
    );
  }
  const { data } = product;
  const target = productTarget(data);
  return (
    <>
      <PageHeader
        title={t(titleOf(data, isMasking), { product: data.name })}
        section={t('asking.form.section')}
        lead={purposeOf(data.description)}
      />
      {wrong !== undefined && <Banner tone="warning">{t('asking.link.type', { type: wrong })}</Banner>}
      <RequestScreen
        target={target}
        type={type}
        from={list.text('from') ?? (isMasking || data.accessState === 'PENDING' ? undefined : data.requestId)}
        replaces={list.text('replaces')}
        beneficiary={list.text('for')}
        what={({ value, set, own }) =>
          isMasking ? (
            <Suspense fallback={<SkeletonText lines={6} />}>
              <MaskedColumnPicker
                target={target}
                beneficiary={value.user}
                plain={
                  <LinkTo look="button" to="/products/$slug/request" params={{ slug: data.slug ?? data.id }}>
                    {t('asking.form.plain')}
                  </LinkTo>
                }
                chosen={value.columns}
                own={own}
                onChange={(columns) => set({ columns })}
              />
            </Suspense>
          ) : (
            <RequestSources
              productId={data.id}
              user={value.user}
              mayAssess={abilityOn(data.abilities, 'assess').allowed}
            />
          )
        }
      />
    </>
  );
}
