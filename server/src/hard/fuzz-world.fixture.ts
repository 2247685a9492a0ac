import { requestAccess } from '@stoa/contract/access-request';
import { createToken } from '@stoa/contract/auth';
import { createDataProduct } from '@stoa/contract/data-product';
import { createDataUseAgreement } from '@stoa/contract/data-use-agreement';
import { createDomain, setDomainDataSources } from '@stoa/contract/domain';
import { createGroup } from '@stoa/contract/group';
import { startIdentification } from '@stoa/contract/identification';
import { startVerification } from '@stoa/contract/verification';
import { createIdentifier } from '@stoa/contract/identifier';
import { createPolicy, type PolicyDraftIn } from '@stoa/contract/policy-resource';
import { createRequestForm } from '@stoa/contract/request-form';
import { createTag } from '@stoa/contract/tag';
import { sql } from 'kysely';
import { newUuid } from '../db/new-id.ts';
import { standardAnswers } from '../features/access-request/requests.fixture.ts';
import { addDeadDelivery, addWebhook } from '../features/webhook/webhooks.fixture.ts';
import { hashToken } from '../http/authenticate.ts';
import { sealCredentials } from '../provisioning/platforms.ts';
import type { TestServer } from '../testing/app.ts';
import { addDataSources } from '../testing/data-sources.ts';
import type { TestPerson } from '../testing/people.ts';

/** Where ids of things that exist are read from; the newest are the likeliest to be whole. */
const idQueries = {
  user: 'select global_user_id::text from app_user order by id desc',
  userNumber: 'select id::text from app_user order by id desc',
  group: 'select id::text from user_group order by id desc',
  domain: 'select id::text from domain order by created_at desc',
  product: 'select id::text from data_product order by created_at desc',
  productName: 'select name from data_product order by created_at desc',
  request: 'select id from access_request order by created_at desc',
  record: 'select id from approval_record order by created_at desc',
  connection: 'select connection_key from connection order by created_at desc',
  object: 'select id::text from data_object order by created_at desc',
  source: 'select id::text from data_source order by id desc',
  tag: 'select id::text from tag order by id desc',
  task: 'select id::text from task order by created_at desc',
  token: 'select id::text from personal_access_token order by created_at desc',
  session: 'select id::text from session order by created_at desc',
  form: 'select id::text from request_form order by created_at desc',
  policy: 'select id::text from policy order by created_at desc',
  identifier: 'select id::text from identifier order by id desc',
  identification: 'select id::text from identification_run order by created_at desc',
  verification: 'select id::text from verification_run order by created_at desc',
  agreement: 'select id::text from data_use_agreement order by created_at desc',
  formVersion: 'select version from request_form_version order by created_at desc',
  webhook: 'select id::text from webhook order by created_at desc',
  webhookDelivery: 'select id::text from webhook_delivery order by created_at desc',
  importKind: `select unnest(array['users', 'groups', 'members', 'attributes', 'identities'])`,
} as const;
export type IdKind = keyof typeof idQueries;
export type IdPool = Readonly<Record<IdKind, readonly string[]>>;

export async function readIds(server: TestServer): Promise<IdPool> {
  const read = async (kind: IdKind): Promise<string[]> => {
    const { rows } = await sql<{ id: string }>`select * from (${sql.raw(idQueries[kind])} limit 12) t(id)`.execute(
      server.deps.db,
    );
    return rows.map((row) => row.id);
  };
  const pool: Record<IdKind, readonly string[]> = {
    user: [],
    userNumber: [],
    group: [],
    domain: [],
    product: [],
    productName: [],
    request: [],
    record: [],
    connection: [],
    object: [],
    source: [],
    tag: [],
    task: [],
    token: [],
    session: [],
    form: [],
    policy: [],
    identifier: [],
    identification: [],
    verification: [],
    agreement: [],
    formVersion: [],
    webhook: [],
    webhookDelivery: [],
    importKind: [],
  };
  for (const kind of idKinds) pool[kind] = await read(kind);
  return pool;
}

const isIdKind = (text: string): text is IdKind => text in idQueries;
const idKinds: readonly IdKind[] = Object.keys(idQueries).filter(isIdKind);

const kindOfFolder: Readonly<Record<string, IdKind>> = {
  'access-request': 'request',
  'approval-record': 'record',
  'data-product': 'product',
  'data-object': 'object',
  'data-source': 'source',
  'request-form': 'form',
  'data-use-agreement': 'agreement',
  asset: 'object',
  auth: 'token',
  connection: 'connection',
  domain: 'domain',
  policy: 'policy',
  identifier: 'identifier',
  identification: 'identification',
  verification: 'verification',
  metadata: 'domain',
  group: 'group',
  import: 'importKind',
  tag: 'tag',
  task: 'task',
  user: 'user',
};

/** What a parameter of a path names. */
export function kindOfParameter(path: string, name: string): IdKind {
  if (name === 'globalUserId') return 'user';
  if (path.startsWith('/api/scim/')) return path.includes('/Groups/') ? 'group' : 'user';
  if (path.includes('/webhook/')) return name === 'deliveryId' ? 'webhookDelivery' : 'webhook';
  if (path.includes('/sessions/')) return 'session';
  if (name === 'requestId') return 'request';
  if (name === 'targetId') return 'product';
  if (name === 'name') return 'productName';
  if (name === 'version') return 'formVersion';
  return kindOfFolder[path.split('/')[2] ?? ''] ?? 'user';
}

const kindOfName: Readonly<Record<string, IdKind>> = {
  user: 'user',
  userId: 'user',
  userIds: 'user',
  globalUserId: 'user',
  globalUserIds: 'user',
  principalId: 'user',
  subjectMatterExpert: 'user',
  owners: 'user',
  domains: 'domain',
  domainId: 'domain',
  domainIds: 'domain',
  dataProductId: 'product',
  assetId: 'object',
  parentId: 'object',
  sourceId: 'source',
  tagId: 'tag',
  dataObjectId: 'object',
  dataObjectIds: 'object',
  dataSourceId: 'source',
  dataSourceIds: 'source',
  connectionKey: 'connection',
  requestFormId: 'form',
  dataUseAgreementIds: 'agreement',
  agreements: 'agreement',
  dataAccessRequestFormId: 'form',
  maskingExceptionRequestFormId: 'form',
};
/** What a member of a body or query names; undefined for one that names nothing. */
export const kindOfMember = (name: string): IdKind | undefined =>
  Object.hasOwn(kindOfName, name) ? kindOfName[name] : undefined;

/** Connections whose platform is down, with tables: enough for everything that does not talk to a platform. */
async function stockPlatforms(server: TestServer, number: number): Promise<number[]> {
  const { db, secrets } = server.deps;
  const { rows } = await sql<{ id: number }>`select s.id from data_source s join connection c on c.id = s.connection_id
    where c.state <> 'deleting' and s.enabled order by s.id desc limit 4`.execute(db);
  if (rows.length === 4) return rows.map((row) => row.id);
  for (const connectionKey of [`fuzz-${number}`, `fuzz-spare-${number}`]) {
    const tables = ['orders', 'Größe "x"', 'select', 'ünï code'];
    const made = await addDataSources(db, { connectionKey, schema: 'sales', tables });
    const secret = sealCredentials(secrets, made.connectionId, { username: 'stoa', password: 'none' });
    await sql`update connection set secret = ${secret}, config = config || '{"host":"127.0.0.1","port":1}'::jsonb
      where id = ${made.connectionId}`.execute(db);
  }
  return stockPlatforms(server, number);
}

/** The token of a directory that keeps a person and a group, whatever earlier calls left of it. */
export async function openFuzzedDirectory({ deps: { db } }: TestServer): Promise<string> {
  const token = `stoa_scim_${newUuid()}`;
  await sql`insert into identity_provider (id, name, issuer, client_id, scopes, claims, unknown_people, is_enabled)
    values ('fuzzed', 'Fuzzed', 'https://fuzzed.invalid', 'stoa', '{openid}', '{"attributes": {}}', 'refuse', true)
    on conflict do nothing`.execute(db);
  await sql`insert into scim_access (provider_id, token_hash, id_claim, takes_over_groups)
    values ('fuzzed', ${hashToken(token)}, 'sub', false)
    on conflict (provider_id) do update set token_hash = excluded.token_hash`.execute(db);
  await sql`insert into scim_person (global_user_id, provider_id, resource)
    select global_user_id, 'fuzzed', '{"texts":{},"name":{},"emails":[],"enterprise":{},"attributes":{}}' from app_user
    where username like 'fuzz-consumer-%' on conflict (global_user_id) do update set left_at = null`.execute(db);
  await sql`insert into scim_group (group_id, provider_id) select id, 'fuzzed' from user_group where name like 'Group %'
    on conflict (group_id) do update set left_at = null`.execute(db);
  return token;
}

let stocked = 0;

/** One of each thing more, made through the API; and a caller with every right, since earlier calls may have taken any away. */
export async function stock(server: TestServer): Promise<TestPerson> {
  const number = ++stocked;
  const sources = await stockPlatforms(server, number);
  const admin = await server.person({
    username: `fuzz-admin-${number}`,
    permissions: ['APPLICATION_ADMIN', 'GOVERNANCE', 'USER_ADMIN', 'AUDIT'],
  });
  const consumer = await server.person({ username: `fuzz-consumer-${number}` });
  const domain = await admin.call(createDomain, { body: { name: `Domain ${number}`, description: '' } });
  await admin.call(setDomainDataSources, { params: { id: domain.body.id }, body: { dataSourceIds: sources } });
  await admin.call(createTag, { body: { name: `Tag ${number}.Below` } });
  await admin.call(createIdentifier, {
    body: {
      name: `Identifier ${number}`,
      criteriaType: 'regex',
      pattern: '[a-z]+',
      tags: ['Fuzzed'],
      domainId: domain.body.id,
    },
  });
  await admin.call(startIdentification, { body: { domainId: domain.body.id } });
  await admin.call(startVerification);
  await admin.call(createGroup, { body: { name: `Group ${number}` } });
  await admin.call(createDataUseAgreement, { body: { name: `Agreement ${number}`, body: 'The **text**.' } });
  await admin.call(createRequestForm, {
    body: { name: `Form ${number}`, fields: [], policy: { rules: [], defaultEvent: { type: 'dataProductPolicy' } } },
  });
  const policy: PolicyDraftIn = {
    type: 'data',
    name: `Policy ${number}`,
    scope: { kind: 'domain', domainId: domain.body.id },
    action: { kind: 'mask', masking: { maskingType: 'null' }, target: { columns: 'all' } },
    who: { for: 'everyone' },
    circumstances: [{ type: 'all' }],
  };
  await admin.call(createPolicy, { body: { policy } });
  await admin.call(createToken, { body: { description: 'one to lose' } });
  await addDeadDelivery(server.deps.db, await addWebhook(server.deps));
  const id = newUuid();
  const product = await admin.call(createDataProduct, {
    body: {
      id,
      name: `Product ${number}`,
      metadata: null,
      domains: [domain.body.id],
      dataSources: [{ sourceId: String(sources[0]) }],
    },
  });
  if (product.status === 201)
    await consumer.call(requestAccess, {
      params: { id },
      body: { user: consumer.globalUserId, form: standardAnswers },
    });
  return admin;
}
