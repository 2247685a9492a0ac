import type { DataProduct } from '@stoa/contract/data-product';
import { useText } from '../../app/messages/use-text.tsx';
import { LinkTo } from '../../ui/LinkTo.tsx';
import { accessActOf } from './access-act.ts';

type Props = {
  readonly product: DataProduct;
  readonly look: 'button' | 'primary';
};

/** The one next step with a product, as a link. `data-act` lets the key of a row find it. */
export function AccessActLink({ product, look }: Props) {
  const t = useText();
  const act = accessActOf(product, Date.now());
  const slug = product.slug ?? product.id;
  const label = t(`marketplace.act.${act}`);
  const common = {
    look,
    'data-act': act,
    'aria-label': t('marketplace.act.of', { act: label, product: product.name }),
  };
  switch (act) {
    case 'use':
    case 'why':
      return (
        <LinkTo {...common} to="/products/$slug" params={{ slug }} search={{ tab: act === 'use' ? 'use' : 'data' }}>
          {label}
        </LinkTo>
      );
    case 'open':
      return (
        <LinkTo {...common} to="/requests/$id" params={{ id: product.requestId ?? '' }}>
          {label}
        </LinkTo>
      );
    default:
      return (
        <LinkTo {...common} to="/products/$slug/request" params={{ slug }}>
          {label}
        </LinkTo>
      );
  }
}
