import { useText } from '../../app/messages/use-text.tsx';
import { useListState } from '../../ui/list-search.ts';
import { PageHeader } from '../../ui/PageHeader.tsx';
import { ProductList } from './ProductList.tsx';

/** The same list as home, without what one left unfinished: where the search of the top bar leads. */
export function SearchPage() {
  const t = useText();
  const q = useListState().text('q');
  return (
    <>
      <PageHeader
        title={q === undefined ? t('marketplace.searchTitle') : t('marketplace.searchTitleFor', { q })}
        section={t('marketplace.name')}
      />
      <ProductList />
    </>
  );
}
