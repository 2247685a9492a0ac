import { listDomains } from '@stoa/contract/domain';
import type { Reviewer } from '@stoa/contract/review-flow';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';

const most = 200;

/** The domains by name, as far as a picker can show them. */
export const useDomainNames = () => useOperation(listDomains, { query: { limit: most } });

/** A source of reviewers in words, with the domain in which its permission must be held. */
export function useSourceText(): (reviewer: Reviewer) => string {
  const t = useText();
  const domains = useDomainNames();
  return (reviewer) => {
    switch (reviewer.type) {
      case 'USER':
        return reviewer.displayName ?? reviewer.id;
      case 'GROUP':
        return t('flows.source.group', { name: reviewer.name });
      case 'PERMISSION':
        return t(`flows.source.${reviewer.permission}`);
      case 'ATTRIBUTE':
        return t('flows.source.attribute', { key: reviewer.key, value: reviewer.value });
      case 'CATALOG PERMISSION':
        return t('flows.source.catalog');
      case 'DOMAIN PERMISSION': {
        const { permission, domainId } = reviewer;
        if (domainId === undefined) return t('flows.source.ofTarget', { permission });
        const domain = domains.data?.data.find((one) => one.id === domainId)?.name ?? domainId;
        return t('flows.source.ofDomain', { permission, domain });
      }
    }
  };
}
