import type { DataProduct } from '@stoa/contract/data-product';
import { Say, useText } from '../../app/messages/use-text.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { TimeStamp } from '../../ui/TimeStamp.tsx';
import { usualTimeOf } from './access-act.ts';

/** "usually 3 hours": how long decisions on a product take. */
export function useUsualTime(): (hours: number | null | undefined) => string | undefined {
  const t = useText();
  return (hours) => {
    if (hours === null || hours === undefined) return undefined;
    const { unit, n } = usualTimeOf(hours);
    return t(`marketplace.usually.${unit}`, { n });
  };
}

function useDetail(product: DataProduct) {
  const t = useText();
  const usual = useUsualTime()(product.medianDecisionHours);
  const end = product.expiration ?? undefined;
  switch (product.accessState) {
    case 'HAVE':
      return end === undefined ? undefined : (
        <Say id="marketplace.until" values={{ date: <TimeStamp value={end} style="date" /> }} />
      );
    case 'EXPIRED':
      return end === undefined ? undefined : <TimeStamp value={end} style="date" />;
    case 'BLOCKED':
      return [product.accessReason, t('marketplace.blockedNoHelp')].filter((part) => part !== undefined).join(' ');
    case 'ASK':
      return usual;
    default:
      return product.accessReason;
  }
}

const notYet = new Set(['PROVISIONING', 'AWAITING_IDENTITY', 'AWAITING_ACCEPTANCE', 'FAILED']);

/** The caller's access to a product, in the words of cards and rows. Approved is not yet access: the platform is asked. */
export function AccessStateMark({ product }: { product: DataProduct }) {
  const detail = useDetail(product);
  const { provisioning } = product;
  if (product.accessState === 'HAVE' && provisioning !== undefined && notYet.has(provisioning.state)) {
    return <StatusMark kind="provisioning" value={provisioning.state} detail={provisioning.reason} />;
  }
  const state = product.accessState ?? 'ASK';
  // "Needs 2 approvals" says all that "Needs approval" says; a sentence of the server ends with a stop, a label does not.
  const label = state === 'ASK' ? product.accessReason?.replace(/\.$/, '') : undefined;
  return <StatusMark kind="state" value={state} label={label} detail={detail} />;
}
