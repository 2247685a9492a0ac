import { getAccessRequestById } from '@stoa/contract/access-request';
import { type DataProduct, getDataProductById } from '@stoa/contract/data-product';
import { useNavigate, useParams } from '@tanstack/react-router';
import { productTabs, type ProductTab } from '../../app/product-tabs.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import { isGone } from '../../lib/api-problem.ts';
import { AccessRail } from '../../ui/AccessRail.tsx';
import { Banner } from '../../ui/Banner.tsx';
import { useCommands } from '../../ui/commands.tsx';
import { ErrorNotice } from '../../ui/ErrorNotice.tsx';
import { useKeys } from '../../ui/keys.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { PageTabs, usePageTab } from '../../ui/PageTabs.tsx';
import { PersonName } from '../../ui/PersonName.tsx';
import { PlatformGlyph } from '../../ui/PlatformGlyph.tsx';
import { SkeletonPage } from '../../ui/Skeletons.tsx';
import { useAccessRail } from '../access-requests/use-access-rail.ts';
import { AccessActLink } from './AccessActLink.tsx';
import { AccessStateMark } from './AccessStateMark.tsx';
import { ProductActivity } from './ProductActivity.tsx';
import { ProductColumns } from './ProductColumns.tsx';
import { ProductData } from './ProductData.tsx';
import { ProductMembers } from './ProductMembers.tsx';
import { ProductOverview } from './ProductOverview.tsx';
import { ProductUse } from './ProductUse.tsx';
import styles from './product.module.css';

/** The rail of the caller's own request, where there is one. */
function OwnRail({ requestId }: { requestId: string }) {
  const request = useOperation(getAccessRequestById, { params: { id: requestId } });
  const { steps } = useAccessRail(request.data);
  if (steps.length === 0) return null;
  return (
    <div className={styles.rail}>
      <AccessRail steps={steps} orientation="horizontal" />
    </div>
  );
}

function EditLink({ product }: { product: DataProduct }) {
  const t = useText();
  return (
    <LinkTo look="button" to="/manage/products/$id" params={{ id: product.id }} search={{}}>
      {t('product.edit')}
    </LinkTo>
  );
}

function Header({ product }: { product: DataProduct }) {
  const t = useText();
  const owner = product.owners?.[0];
  const mayEdit = product.abilities?.alter?.allowed === true;
  return (
    <PageHeader
      section={(product.domainNames ?? []).map((domain) => domain.name).join(', ') || t('marketplace.name')}
      title={product.name}
      facts={
        <>
          <AccessStateMark product={product} />
          {owner !== undefined && <PersonName name={owner.name} username={owner.username} />}
          {(product.technologies ?? []).map((one) => (
            <PlatformGlyph key={one} technology={one} isNamed />
          ))}
          {product.sourceCount !== undefined && <span>{t('marketplace.sources', { count: product.sourceCount })}</span>}
        </>
      }
      action={<AccessActLink product={product} look="primary" />}
      {...(mayEdit ? { secondary: <EditLink product={product} /> } : {})}
    />
  );
}

function Tab({ tab, product }: { tab: string; product: DataProduct }) {
  switch (tab) {
    case 'data':
      return <ProductData product={product} />;
    case 'columns':
      return <ProductColumns product={product} />;
    case 'members':
      return <ProductMembers product={product} />;
    case 'activity':
      return <ProductActivity product={product} />;
    case 'use':
      return <ProductUse product={product} />;
    default:
      return <ProductOverview product={product} />;
  }
}

function useProductKeys(product: DataProduct | undefined) {
  const t = useText();
  const navigate = useNavigate();
  const open = (tab: ProductTab) =>
    void navigate({ to: '.', search: tab === 'overview' ? {} : { tab }, resetScroll: false });
  const request = () =>
    product !== undefined &&
    void navigate({ to: '/products/$slug/request', params: { slug: product.slug ?? product.id } });
  const tabKeys = productTabs.map((tab, at) => ({
    keys: String(at + 1),
    label: t(`product.tab.${tab}`),
    run: () => open(tab),
  }));
  const acts = [
    ...tabKeys,
    { keys: 'r', label: t('marketplace.act.request'), run: request },
    { keys: 'u', label: t('marketplace.act.use'), run: () => open('use') },
    { keys: 'c', label: t('product.keys.columns'), run: () => open('columns') },
  ];
  useKeys(acts.map((act) => ({ ...act, scope: 'page' as const })));
  useCommands(acts.map((act) => ({ ...act, id: `product-${act.keys}`, group: 'page' as const })));
}

/** A data product: what it is, what is in it, who has it, what happened to it, how to read it. */
export function ProductPage() {
  const t = useText();
  const { slug } = useParams({ from: '/shell/products/$slug' });
  const product = useOperation(getDataProductById, { params: { id: slug } });
  const tabs = productTabs.map((value) => ({ value, label: t(`product.tab.${value}`) }));
  const tab = usePageTab(tabs);
  useProductKeys(isGone(product.error) ? undefined : product.data);
  if (product.isPending) return <SkeletonPage />;
  if (product.data === undefined || isGone(product.error)) {
    return (
      <>
        <PageHeader title={t('product.unknown')} section={t('marketplace.name')} />
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
  const { requestId } = product.data;
  return (
    <>
      <Header product={product.data} />
      {product.data.suspended && <Banner tone="warning">{t('product.suspended')}</Banner>}
      {requestId !== undefined && <OwnRail requestId={requestId} />}
      <PageTabs tabs={tabs} label={t('product.tabs')} />
      <Tab tab={tab} product={product.data} />
    </>
  );
}
