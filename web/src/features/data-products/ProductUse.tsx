import type { DataProduct } from '@stoa/contract/data-product';
import { getDataProductUse } from '@stoa/contract/data-product-use';
import { useOperation } from '../../lib/api.ts';
import { PlatformUse } from './PlatformUse.tsx';

/** How to read the product with one's own tools. */
export function ProductUse({ product }: { product: DataProduct }) {
  const use = useOperation(getDataProductUse, { params: { id: product.id } });
  return <PlatformUse use={use} hasAccess={product.accessState === 'HAVE'} />;
}
