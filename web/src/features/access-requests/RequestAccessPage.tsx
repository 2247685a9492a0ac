import { getDataProductRequestForms } from '@stoa/contract/asset';
import { type DataProduct, getDataProductById } from '@stoa/contract/data-product';
import type { RequestType } from '@stoa/contract/enums';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useCurrentUser } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { Banner } from '../../ui/Banner.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useAnnounce } from '../../ui/LiveRegion.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { SkeletonPage, SkeletonText } from '../../ui/Skeletons.tsx';
import { purposeOf } from '../data-products/product-columns.tsx';
import { RequestForm } from './RequestForm.tsx';
import { answersOf, useEarlierRequest } from './use-request-form.ts';

type Asked = {
  readonly product: DataProduct;
  readonly type: RequestType;
  /** The request whose answers are taken over. */
  readonly from: string | undefined;
  readonly beneficiary: string | undefined;
};

function FormOfProduct({ product, type, from, beneficiary }: Asked) {
  const t = useText();
  const me = useCurrentUser();
  const navigate = useNavigate();
  const announce = useAnnounce();
  const forms = useOperation(getDataProductRequestForms, { params: { id: product.id } });
  const earlier = useEarlierRequest(from);
  const form = forms.data?.find((one) => one.requestType === type);
  // Without the earlier answers the form opens empty: an old request that cannot be read must not stop a new one.
  if (forms.isPending || (from !== undefined && earlier.isPending)) return <SkeletonText lines={8} />;
  if (forms.error !== null) return <ErrorNotice problem={forms.error} onRetry={() => void forms.refetch()} />;
  if (form === undefined) return <EmptyState title={t('requests.form.noForm')} />;
  return (
    <>
      {earlier.data !== undefined && <Banner>{t('requests.form.earlier')}</Banner>}
      <RequestForm
        key={`${product.id}-${type}-${from ?? ''}`}
        target={{ product, type, form, earlier: answersOf(earlier.data), user: beneficiary ?? me?.globalUserId ?? '' }}
        onSent={(request) => {
          announce(t('requests.form.sent'));
          void navigate({ to: '/requests/$id', params: { id: request.id } });
        }}
      />
    </>
  );
}

/** Asks for a data product. `type`, `for` and `from` of the address choose kind, person and earlier answers. */
export function RequestAccessPage() {
  const t = useText();
  const { slug } = useParams({ from: '/shell/products/$slug/request' });
  const list = useListState();
  const product = useOperation(getDataProductById, { params: { id: slug } });
  const isMasking = (list.text('type') ?? list.text('requestType')) === 'masking-exception';
  if (product.isPending) return <SkeletonPage />;
  if (product.data === undefined) {
    return (
      <>
        <PageHeader title={t('requests.link.title')} section={t('marketplace.name')} />
        {product.error !== null && <ErrorNotice problem={product.error} onRetry={() => void product.refetch()} />}
      </>
    );
  }
  const { data } = product;
  const title = isMasking
    ? 'requests.form.maskingTitle'
    : data.accessState === 'HAVE'
      ? 'requests.form.extendTitle'
      : 'requests.form.title';
  return (
    <>
      <PageHeader
        title={t(title, { product: data.name })}
        section={t('requests.form.section')}
        lead={purposeOf(data.description)}
      />
      <FormOfProduct
        product={data}
        type={isMasking ? 'MASKING_EXCEPTION' : 'DATA_ACCESS'}
        from={list.text('from') ?? (data.accessState === 'PENDING' ? undefined : data.requestId)}
        beneficiary={list.text('for')}
      />
    </>
  );
}
