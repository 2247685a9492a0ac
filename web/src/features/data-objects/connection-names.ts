import { listConnections } from '@stoa/contract/connection';
import { listDataObjects } from '@stoa/contract/data-object';
import type { Technology } from '@stoa/contract/enums';
import { useMay } from '../../app/current-user.ts';
import { useOperation } from '../../lib/api.ts';

type ConnectionName = { readonly connectionKey: string; readonly technology: Technology };

/** The connections by name. Whoever looks after parts of platforms alone learns of them by the nodes that they see. */
export function useConnectionNames() {
  const mayRead = useMay()('connection.read');
  const all = useOperation(listConnections, { query: { limit: 1_000 } }, { enabled: mayRead });
  const roots = useOperation(listDataObjects, { query: { limit: 100 } }, { enabled: !mayRead });
  const { error, refetch } = mayRead ? all : roots;
  const found: readonly ConnectionName[] | undefined = (mayRead ? all : roots).data?.data;
  const data = found && [...new Map(found.map((one) => [one.connectionKey, one])).values()];
  return { data, error, refetch };
}
