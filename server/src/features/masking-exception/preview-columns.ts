import type { NodeRole } from '@stoa/contract/enums';
import type { MaskingExceptionColumnStatus } from '@stoa/contract/masking-exception-column';
import { may } from '@stoa/core/permissions/may';
import type { DomainRef } from '@stoa/core/permissions/objects';
import type { AskedColumn } from '@stoa/core/review/check-columns';
import { columnStatus } from '@stoa/core/review/column-status';
import { sql } from 'kysely';
import type { Reader } from '../../db/pool.ts';
import { notFound, Refusal } from '../../http/refusal.ts';
import { readSwitches } from '../../settings-store.ts';
import { rolesOn } from '../data-object/held-roles.ts';
import { type LoadedPerson, loadPerson } from '../user/load-people.ts';
import { findColumns, readExceptions } from './exception-columns.ts';

type Asked = { globalUserId: string; columns: readonly AskedColumn[] };

/** How each column stands for a person, for whoever may ask on their behalf; columns that the caller may not see are unknown. */
export async function previewColumns(
  db: Reader,
  actor: LoadedPerson,
  { globalUserId, columns }: Asked,
): Promise<MaskingExceptionColumnStatus[]> {
  const beneficiary = await loadPerson(db, globalUserId);
  if (beneficiary === undefined) throw notFound('user');
  const { onBehalf, showDataProductsToConsumers } = await readSwitches(db);
  const sources = await loadSources(db, actor, columns);
  const targetDomains = [...new Map(sources.flatMap((s) => s.domains).map((d) => [d.id, d])).values()];
  const answer = may(actor, 'access-request.create', { kind: 'new-request', beneficiary, targetDomains, onBehalf });
  if (!answer.allowed) throw new Refusal('access_request.on_behalf_refused', { detail: answer.reason });
  const visible = new Set(
    sources
      .filter((s) => {
        const inVisibleProduct = showDataProductsToConsumers && s.in_product;
        const { domains, caller_roles: callerRoles } = s;
        return may(actor, 'data-source.read', { kind: 'data-source', domains, callerRoles, inVisibleProduct }).allowed;
      })
      .map((s) => s.id),
  );
  refuseUnknown(
    columns,
    (await findColumns(db, columns)).filter((one) => visible.has(one.sourceId)),
  );
  const exceptions = await readExceptions(db, globalUserId, columns);
  const now = await timeOf(db);
  return columns.map(({ sourceId, columnName }) => {
    const own = exceptions.filter((one) => one.sourceId === sourceId && one.columnName === columnName);
    const status = columnStatus(own, now);
    return {
      sourceId,
      columnName,
      currentStatus: status?.status ?? null,
      expiration: typeof status?.expiration === 'number' ? new Date(status.expiration).toISOString() : null,
    };
  });
}

type Source = { id: string; domains: DomainRef[]; in_product: boolean; caller_roles: NodeRole[] };

async function loadSources(db: Reader, actor: LoadedPerson, columns: readonly AskedColumn[]): Promise<Source[]> {
  const { rows } = await sql<Source>`
    select s.id::text as id,
      (select coalesce(json_agg(json_build_object('id', d.id, 'name', d.name) order by d.name), '[]')
        from domain_data_source x join domain d on d.id = x.domain_id where x.data_source_id = s.id) as domains,
      exists (select from data_product_source ps join data_product p on p.id = ps.data_product_id
        where ps.data_source_id = s.id and p.deleted_at is null) as in_product,
      ${rolesOn(actor, sql`s.data_object_id`)} as caller_roles
    from data_source s where s.id = any(${columns.map((c) => Number(c.sourceId))}::int[])`.execute(db);
  return rows;
}

function refuseUnknown(columns: readonly AskedColumn[], known: readonly AskedColumn[]): void {
  const keyOf = (one: AskedColumn) => JSON.stringify([one.sourceId, one.columnName]);
  const keys = new Set(known.map(keyOf));
  const errors = columns.flatMap((one, at) =>
    keys.has(keyOf(one)) ? [] : [{ path: `columns[${at}]`, message: 'is no column that you may see' }],
  );
  if (errors.length > 0) throw new Refusal('masking_exception.column_unknown', { errors });
}

async function timeOf(db: Reader): Promise<number> {
  const { rows } = await sql<{ now: Date }>`select now() as now`.execute(db);
  return rows[0]?.now.getTime() ?? 0;
}
