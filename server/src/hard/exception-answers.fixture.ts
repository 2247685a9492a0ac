import { getApprovedMaskingExceptionColumns } from '@stoa/contract/access-request';
import { searchAccessRequestMaskingExceptionColumns } from '@stoa/contract/assist';
import { previewMaskingExceptionColumns } from '@stoa/contract/masking-exception-column';
import { sql } from 'kysely';
import { newCuid, newUuid } from '../db/new-id.ts';
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
}

/** Past the API: none can be asked for before there are masks. */
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
