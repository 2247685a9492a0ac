import { listConnections } from '@stoa/contract/connection';
import { listDomains } from '@stoa/contract/domain';
import { useMay } from '../../app/current-user.ts';
import { useText } from '../../app/messages/use-text.tsx';
import { useOperation } from '../../lib/api.ts';
import type { Facet } from '../../ui/facets.ts';

/** Connections, for those who may know them, and domains. */
export function useSourceFacets(): Facet[] {
  const t = useText();
  const mayRead = useMay()('connection.read');
  const connections = useOperation(listConnections, { query: { limit: 1_000 } }, { enabled: mayRead });
  const domains = useOperation(listDomains, { query: { limit: 1_000 } });
  const keys = (connections.data?.data ?? []).map((one) => one.connectionKey);
  const byConnection: Facet = {
    name: 'connectionKey',
    label: t('sources.facet.connection'),
    isSingle: true,
    options: keys.map((value) => ({ value, label: value })),
  };
  const byDomain: Facet = {
    name: 'domainId',
    label: t('sources.facet.domain'),
    isSingle: true,
    options: (domains.data?.data ?? []).map((one) => ({ value: one.id, label: one.name })),
  };
  return mayRead ? [byConnection, byDomain] : [byDomain];
}
