import { useText } from '../../app/messages/use-text.tsx';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { Continue } from './Continue.tsx';
import { ProductList } from './ProductList.tsx';

/** Home: what one left unfinished, then everything there is to ask for. */
export function MarketplacePage() {
  const t = useText();
  return (
    <>
      <PageHeader title={t('marketplace.title')} section={t('marketplace.name')} lead={t('marketplace.lead')} />
      <Continue />
      <ProductList />
    </>
  );
}
