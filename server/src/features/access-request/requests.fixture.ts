import { determineAccessRequest, requestAccess } from '@stoa/contract/access-request';
import type { DurationUnit } from '@stoa/contract/enums';
import { standardRequestForm } from '@stoa/core/review/standard';
import { sql } from 'kysely';
import { newCuid, newUuid } from '../../db/new-id.ts';
import { sealCredentials } from '../../provisioning/platforms.ts';
import type { TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { ensureStandardForm } from '../request-form/ensure-standard-form.ts';

export const standardAnswers = {
  answers: [{ fieldId: standardRequestForm.fields[0].id, value: 'Quarterly report on claims.' }],
  agreements: [],
};

export type Product = { id: string; domainId: string };
type ProductOptions = { flow?: object; formId?: string; suspended?: boolean };

/** A product in a domain of its own, past the API: products have tests of their own. */
export async function makeProduct(
  server: Pick<TestServer, 'deps'>,
  owner: TestPerson,
  options: ProductOptions = {},
): Promise<Product> {
  await ensureStandardForm(server.deps.db);
  const id = newUuid();
  const domainId = newUuid();
  const flow = options.flow === undefined ? null : JSON.stringify(options.flow);
  await sql`insert into domain (id, name) values (${domainId}, ${`Domain ${domainId}`})`.execute(server.deps.db);
  await sql`insert into data_product (id, name, slug, subject_matter_expert, created_by, suspended, data_access_form_id, data_access_review_flow)
    values (${id}, ${`Product ${id}`}, ${id}, ${owner.globalUserId}, ${owner.globalUserId}, ${options.suspended ?? false},
      ${options.formId ?? null}, ${flow}::jsonb)`.execute(server.deps.db);
  await sql`insert into data_product_domain (data_product_id, domain_id) values (${id}, ${domainId})`.execute(
    server.deps.db,
  );
  return { id, domainId };
}

/** A form with a flow of its own and the questions given. */
export async function makeForm(
  server: TestServer,
  policy: object,
  fields: readonly object[] = standardRequestForm.fields,
): Promise<string> {
  const id = newUuid();
  const version = newCuid();
  await sql`insert into request_form (id, name, name_key, current_version) values (${id}, ${`Form ${id}`}, ${id}, ${version})`.execute(
    server.deps.db,
  );
  await sql`insert into request_form_version (version, request_form_id, name, fields, policy)
    values (${version}, ${id}, ${`Form ${id}`}, ${JSON.stringify(fields)}::jsonb, ${JSON.stringify(policy)}::jsonb)`.execute(
    server.deps.db,
  );
  return id;
}

export const reviewBy = (...stages: object[]) => ({
  rules: [],
  defaultEvent: { type: 'review', params: { stages } },
});
export const user = (person: TestPerson) => ({ type: 'USER', id: person.globalUserId, displayName: person.name });

/** Gives the target a container on a connection, so that an approval has somewhere to go. */
export async function makeContainer(server: TestServer, targetId: string): Promise<string> {
  const id = newUuid();
  // Nothing listens on port 1: the platform of this connection is always down.
  const config = JSON.stringify({ host: '127.0.0.1', port: 1, database: 'warehouse', tls: 'disable' });
  const secret = sealCredentials(server.deps.secrets, id, { username: 'stoa', password: 'none' });
  await sql`insert into connection (id, connection_key, technology, config, auth_type, secret, state)
    values (${id}, ${id.replaceAll('-', '')}, 'PostgreSQL', ${config}::jsonb, 'password', ${secret}, 'paused')`.execute(
    server.deps.db,
  );
  await sql`insert into container (connection_id, target_id, kind) values (${id}, ${targetId}, 'dp')`.execute(
    server.deps.db,
  );
  return id;
}

export const ask = (who: TestPerson, product: Product, forWhom: TestPerson = who) =>
  who.call(requestAccess, { params: { id: product.id }, body: { user: forWhom.globalUserId, form: standardAnswers } });

/** Asks, and answers the id of the request. */
export async function askedId(who: TestPerson, product: Product, forWhom: TestPerson = who): Promise<string> {
  const answer = await ask(who, product, forWhom);
  if (answer.status !== 201) throw new Error(`asking answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body.id;
}

type Period = { duration?: number; durationUnit?: DurationUnit };

export const decide = (who: TestPerson, id: string, status: 'APPROVED' | 'DENIED', period: Period = {}) =>
  who.call(determineAccessRequest, { params: { id }, body: { status, reason: 'Looked at it.', ...period } });
