import type { PolicyScope } from '@stoa/contract/policy';
import { sql } from 'kysely';
import type { Tx } from '../../db/pool.ts';
import type { AfterCommit } from '../../db/transact.ts';
import { enqueueConnection } from '../../provisioning/enqueue-keys.ts';

/** Every connection on which a policy of one of the scopes acts is compared with its facts again. */
export async function enqueueScopes(tx: Tx, after: AfterCommit, scopes: readonly PolicyScope[]): Promise<void> {
  const isGlobal = scopes.some((scope) => scope.kind === 'global' || scope.kind === 'restricted');
  const domainIds = scopes.flatMap((scope) => (scope.kind === 'domain' ? [scope.domainId] : []));
  const sourceIds = scopes.flatMap((scope) => (scope.kind === 'local' ? [scope.dataSourceId] : []));
  const { rows } = await sql<{ id: string }>`
    select c.id from connection c where c.state <> 'deleting' and (${isGlobal} or exists (
      select from data_source s where s.connection_id = c.id and (s.id = any(${sourceIds}::int[])
        or exists (select from domain_data_source l where l.data_source_id = s.id and l.domain_id = any(${domainIds}::uuid[])))))
    order by c.id`.execute(tx);
  for (const { id } of rows) await enqueueConnection(tx, after, { connectionId: id, cause: 'policy' });
}
