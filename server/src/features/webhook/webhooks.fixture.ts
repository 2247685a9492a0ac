import { sql } from 'kysely';
import { newUuid } from '../../db/new-id.ts';
import type { Deps } from '../../deps.ts';
import { newSigningKey, sealSigningKey } from './signing-key.ts';

/** A webhook past the API, at an address that Stoa does not call, which is told of nothing but tests. */
export async function addWebhook({ db, secrets }: Pick<Deps, 'db' | 'secrets'>): Promise<string> {
  const id = newUuid();
  await sql`insert into webhook (id, url, event_types, secret)
    values (${id}, 'https://127.0.0.1/hook', '{stoa.ping}', ${sealSigningKey(secrets, id, newSigningKey())})`.execute(
    db,
  );
  return id;
}

/** A delivery of it that is dead. */
export async function addDeadDelivery(db: Deps['db'], webhookId: string): Promise<string> {
  const id = newUuid();
  await sql`insert into webhook_message (id, message_id, body, content_type) values (${id}, ${newUuid()}, '{}', 'application/json')`.execute(
    db,
  );
  await sql`insert into webhook_delivery (id, webhook_id, message, event_type, state, dead_why)
    values (${id}, ${webhookId}, ${id}, 'stoa.ping', 'DEAD', 'A test is tried once.')`.execute(db);
  return id;
}
