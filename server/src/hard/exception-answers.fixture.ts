import {
  cancelAccessRequest,
  getAccessRequestById,
  getApprovedMaskingExceptionColumns,
  requestMaskingException,
} from '@stoa/contract/access-request';
import { searchAccessRequestMaskingExceptionColumns } from '@stoa/contract/assist';
import { previewMaskingExceptionColumns } from '@stoa/contract/masking-exception-column';
import { sql } from 'kysely';
import { newCuid, newUuid } from '../db/new-id.ts';
import { standardAnswers } from '../features/access-request/requests.fixture.ts';
import type { PublishedWorld } from './published-world.fixture.ts';

/** What was asked for in clear, with a column that is there and one that is gone. */
export async function askExceptions(world: PublishedWorld): Promise<void> {
  const { held, people, requests, registered } = world;
  const { ask } = held;
  const { consumer, consumer2, governor, steward } = people;
  const exception = await addException(world);
  for (const person of [consumer, governor, steward, consumer2]) {
    for (const userId of [consumer.globalUserId, governor.globalUserId, newUuid()])
      await ask(person, getApprovedMaskingExceptionColumns, { query: { userId } });
    for (const id of [exception, requests.APPROVED, newCuid()])
      for (const query of [{}, { offset: 1, limit: 1 }])
        await ask(person, searchAccessRequestMaskingExceptionColumns, { params: { id }, query });
  }
  const sourceId = String(registered.sources[0]?.id ?? 0);
  for (const requesteeGlobalUserId of [consumer.globalUserId, newUuid()])
    for (const name of ['label', 'größe']) {
      const body = { requesteeGlobalUserId, columns: [{ sourceId, name }] };
      await ask(consumer, previewMaskingExceptionColumns, { body });
    }
  await sql`delete from access_request where id = ${exception}`.execute(world.server.deps.db);
  await askForMasked(world);
}

/** A request for a masked column, made and withdrawn. The mask is written past the policies, as a compile would leave it. */
async function askForMasked({ server, held, people, products }: PublishedWorld): Promise<void> {
  const { db } = server.deps;
  const { rows } = await sql<{ id: number }>`
    with place as (
      select s.id, s.connection_id from data_product_source p join data_source s on s.id = p.data_source_id
      where p.data_product_id = ${products.main} order by s.id limit 1
    ), shown as (
      insert into source_protection (data_source_id, connection_id, state) select id, connection_id, 'open' from place
      on conflict (data_source_id) do update set state = 'open' returning data_source_id
    ), masked as (
      insert into column_mask (data_source_id, ordinal, column_name, policy_id, policy_key, policy_name, masking_type, is_cell, is_liftable)
      select c.data_source_id, c.ordinal, c.name, ${newUuid()}, 'hidden', 'Hidden', 'hash', false, true from data_source_column c join place on place.id = c.data_source_id
      where c.name = 'label'
    ) select id from place`.execute(db);
  const columns = [{ columnName: 'label', sourceId: String(rows[0]?.id ?? 0) }];
  const params = { id: products.main };
  const body = { user: people.consumer2.globalUserId, form: standardAnswers, columns };
  const made = await held.ask(people.consumer2, requestMaskingException, { params, body });
  if (made.status !== 201) throw new Error(`a masked column was refused: ${JSON.stringify(made.body)}`);
  await held.ask(people.consumer2, requestMaskingException, { params, body });
  await held.ask(people.consumer2, getAccessRequestById, { params: { id: made.body.id } });
  await held.ask(people.consumer2, cancelAccessRequest, { params: { id: made.body.id } });
  await sql`delete from source_protection where data_source_id = ${rows[0]?.id ?? 0}`.execute(db);
}

/** Past the API: one of its columns is gone by now. */
async function addException({ server, people, requests, registered }: PublishedWorld): Promise<string> {
  const id = newCuid();
  const sourceId = String(registered.sources[0]?.id ?? 0);
  const columns = ['label', 'größe "x"'].map((columnName) => ({ columnName, sourceId }));
  await sql`insert into access_request (id, type, status, requesting_user, beneficiary, data_product_id, request_form_id, form_version,
      form, flow, event, metadata)
    select ${id}, 'MASKING_EXCEPTION', 'APPROVED', ${people.consumer.globalUserId}, ${people.consumer.globalUserId}, data_product_id,
      request_form_id, form_version, form, flow, event, ${JSON.stringify({ columns })}::jsonb
    from access_request where id = ${requests.APPROVED}`.execute(server.deps.db);
  return id;
}
