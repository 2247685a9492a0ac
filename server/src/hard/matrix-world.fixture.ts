import { requestAccess } from '@stoa/contract/access-request';
import { sql } from 'kysely';
import { newCuid, newUuid } from '../db/new-id.ts';
import { makeForm, reviewBy, standardAnswers, user } from '../features/access-request/requests.fixture.ts';
import { ensureStandardForm } from '../features/request-form/ensure-standard-form.ts';
import { sealCredentials } from '../provisioning/platforms.ts';
import type { TestServer } from '../testing/app.ts';
import { addDataSources } from '../testing/data-sources.ts';
import type { TestPerson } from '../testing/people.ts';
import type { Actors } from './matrix-actors.fixture.ts';
import { writtenProduct } from '../features/product-draft/written-product.fixture.ts';

/** Which thing of its kind a call is about, seen from the actor. */
export const variants = ['own', 'same domain', 'other domain', 'deleted', 'random id'] as const;
export type Variant = (typeof variants)[number];
type Domain = 'A' | 'B';

export type World = {
  server: TestServer;
  actors: Actors;
  domains: Readonly<Record<Domain, string>>;
  /** Asks and decides in domain B, where none of the actors but its manager has anything. */
  stranger: TestPerson;
  templates: Readonly<Record<Domain, string>>;
  sources: Readonly<Record<'published' | 'inA' | 'inB', number>>;
  objects: readonly string[];
  connectionId: string;
};

export async function makeWorld(server: TestServer, actors: Actors): Promise<World> {
  const { db } = server.deps;
  await ensureStandardForm(db);
  const stranger = await server.person({ username: 'stranger' });
  const domains = { A: await makeDomain(server), B: await makeDomain(server) };
  await allow(server, domains.A, actors['manager of the domain']);
  await allow(server, domains.B, actors['manager of another domain']);
  const made = await addDataSources(db, { connectionKey: 'matrix', schema: 's', tables: ['published', 'ina', 'inb'] });
  const [published = 0, inA = 0, inB = 0] = made.dataSourceIds;
  await keepSecret(server, made.connectionId);
  for (const [domain, source] of [
    [domains.A, published],
    [domains.A, inA],
    [domains.B, inB],
  ] as const)
    await sql`insert into domain_data_source (domain_id, data_source_id) values (${domain}, ${source})`.execute(db);
  const { rows } = await sql<{ id: string }>`select id from data_object order by object_path`.execute(db);
  const base = {
    server,
    actors,
    domains,
    stranger,
    sources: { published, inA, inB },
    objects: rows.map((row) => row.id),
    connectionId: made.connectionId,
    templates: { A: '', B: '' },
  };
  const visible = await addProduct(base, { domain: 'A' });
  await sql`insert into data_product_source (id, data_product_id, data_source_id) values (${newCuid()}, ${visible}, ${published})`.execute(
    db,
  );
  const templates = {
    A: await ask(base, { domain: 'A', by: actors.requester, forWhom: actors.beneficiary }),
    B: await ask(base, { domain: 'B', by: stranger, forWhom: stranger }),
  };
  await sql`update app_user set status = 'disabled', disabled_at = now() where global_user_id = ${actors.disabled.globalUserId}`.execute(
    db,
  );
  return { ...base, templates };
}

async function ask(world: World, how: { domain: Domain; by: TestPerson; forWhom: TestPerson }): Promise<string> {
  const id = await addProduct(world, { domain: how.domain });
  const body = { user: how.forWhom.globalUserId, form: standardAnswers };
  const answer = await how.by.call(requestAccess, { params: { id }, body });
  if (answer.status !== 201) throw new Error(`asking answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body.id;
}

async function makeDomain(server: TestServer): Promise<string> {
  const id = newUuid();
  await sql`insert into domain (id, name) values (${id}, ${`Domain ${id}`})`.execute(server.deps.db);
  return id;
}
export const addDomain = (world: World): Promise<string> => makeDomain(world.server);

/** A staged policy that acts in the domain. */
export async function addPolicy(world: World, how: { domain: Domain; deleted: boolean }): Promise<string> {
  const { db } = world.server.deps;
  const id = newUuid();
  const body = { level: 'anyone', circumstances: [{ type: 'all' }] };
  await sql`insert into policy (id, policy_key, name, name_key, type, kind, scope, domain_id, body, created_by, updated_by, deleted_at)
    values (${id}, ${id}, ${id}, ${id}, 'subscription', 'grant', 'domain', ${world.domains[how.domain]}, ${JSON.stringify(body)}::jsonb,
      ${world.stranger.globalUserId}, ${world.stranger.globalUserId}, ${how.deleted ? sql`now()` : null})`.execute(db);
  await sql`insert into policy_version (policy_id, version, change, name, kind, scope, domain_id, state, body, created_by)
    select id, version, 'created', name, kind, scope, domain_id, state, body, created_by from policy where id = ${id}`.execute(
    db,
  );
  return id;
}

const allow = (server: TestServer, domainId: string, person: TestPerson) =>
  sql`insert into domain_permission (domain_id, permission, principal_type, user_id)
    select ${domainId}, unnest(array['Manage Data Products', 'Manage Policies']), 'user', ${person.globalUserId}`.execute(
    server.deps.db,
  );

/** Nothing listens there; that the platform is down is not the matter of rights. */
const keepSecret = (server: TestServer, connectionId: string) => {
  const secret = sealCredentials(server.deps.secrets, connectionId, { username: 'stoa', password: 'none' });
  return sql`update connection set secret = ${secret}, config = config || '{"host":"127.0.0.1","port":1}'::jsonb
    where id = ${connectionId}`.execute(server.deps.db);
};

type NewProduct = { domain: Domain; owner?: TestPerson | undefined; deleted?: boolean };

/** A product whose flow names the steward of its domain. */
export async function addProduct(world: World, how: NewProduct): Promise<string> {
  const { server, actors, stranger, domains } = world;
  const id = newUuid();
  const steward = how.domain === 'A' ? actors['steward of the request'] : stranger;
  const flow = JSON.stringify(reviewBy({ any: [user(steward)] }));
  const maker = stranger.globalUserId;
  await sql`insert into data_product (id, name, slug, subject_matter_expert, created_by, data_access_review_flow, deleted_at)
    values (${id}, ${`Product ${id}`}, ${`p-${id}`}, ${maker}, ${maker}, ${flow}::jsonb, ${how.deleted ? sql`now()` : null})`.execute(
    server.deps.db,
  );
  await sql`insert into data_product_domain (data_product_id, domain_id) values (${id}, ${domains[how.domain]})`.execute(
    server.deps.db,
  );
  if (how.owner)
    await sql`insert into data_product_owner (data_product_id, global_user_id) values (${id}, ${how.owner.globalUserId})`.execute(
      server.deps.db,
    );
  return id;
}

/** A form that a product of the domain uses; its own flow names the steward. */
export async function addForm(
  world: World,
  how: { domain: Domain; deleted: boolean },
): Promise<Record<string, string>> {
  const { db } = world.server.deps;
  const steward = how.domain === 'A' ? world.actors['steward of the request'] : world.stranger;
  const id = await makeForm(world.server, reviewBy({ any: [user(steward)] }));
  const productId = await addProduct(world, { domain: how.domain });
  await sql`update data_product set data_access_form_id = ${id} where id = ${productId}`.execute(db);
  const { rows } = await sql<{ version: string }>`
    update request_form set deleted_at = ${how.deleted ? sql`now()` : null} where id = ${id}
    returning current_version as version`.execute(db);
  return { id, version: rows[0]?.version ?? '' };
}

type NewRequest = {
  domain: Domain;
  party?: TestPerson | undefined;
  status: 'PENDING' | 'APPROVED';
  deleted?: boolean;
  /** About this asset, and no product. */
  assetId?: string;
};
/** Asked for before it was known. */
export async function addUnregistered({ server }: World): Promise<string> {
  const id = newUuid();
  await sql`insert into requested_asset (id, object_path) values (${id}, ${['nowhere', id]}::text[])`.execute(
    server.deps.db,
  );
  return id;
}

export type MadeRequest = { id: string; targetId: string; recordId: string };

/** A copy of the template of its domain, on a product of its own, asked by `party` for themself when one is named. */
export async function addRequest(world: World, how: NewRequest): Promise<MadeRequest> {
  const { db } = world.server.deps;
  const { assetId } = how;
  const productId =
    assetId === undefined
      ? await addProduct(world, { domain: how.domain, ...(how.deleted ? { deleted: true } : {}) })
      : null;
  if (assetId !== undefined)
    await sql`insert into requested_asset (id, object_path, registered_at)
    select id, object_path, now() from data_object where id = ${assetId} on conflict do nothing`.execute(db);
  const [id, recordId] = [newCuid(), newCuid()];
  const party = how.party?.globalUserId ?? null;
  const template = world.templates[how.domain];
  await sql`insert into access_request (id, type, status, requesting_user, beneficiary, data_product_id, asset_id, request_form_id,
      form_version, form, flow, event, metadata, decided_at)
    select ${id}, type, ${how.status}, coalesce(${party}::uuid, requesting_user), coalesce(${party}::uuid, beneficiary), ${productId}::uuid, ${assetId ?? null}::uuid,
      request_form_id, form_version, form, flow, event, metadata, ${how.status === 'APPROVED' ? sql`now()` : null}
    from access_request where id = ${template}`.execute(db);
  await sql`insert into approval_record (id, access_request_id, stage, position, approvers, prerequisites, status)
    select ${recordId}, ${id}, stage, position, approvers, prerequisites, ${how.status}
    from approval_record where access_request_id = ${template}`.execute(db);
  return { id, targetId: productId ?? assetId ?? '', recordId };
}

/** An agreement that a form asks for whose flow names the steward of the domain; a product of the domain uses the form. */
export async function addAgreement(world: World, how: { domain: Domain; deleted: boolean }): Promise<string> {
  const { server, actors, stranger } = world;
  const { db } = server.deps;
  const [id, version] = [newUuid(), newCuid()];
  const by = stranger.globalUserId;
  const gone = how.deleted ? sql`now()` : null;
  await sql`insert into data_use_agreement (id, name, name_key, current_version, created_by, updated_by, deleted_at)
    values (${id}, ${id}, ${id}, 1, ${by}, ${by}, ${gone})`.execute(db);
  await sql`insert into data_use_agreement_version (data_use_agreement_id, version, name, body, sha256, created_by)
    values (${id}, 1, ${id}, 'The text.', '00', ${by})`.execute(db);
  const steward = how.domain === 'A' ? actors['steward of the request'] : stranger;
  const formId = newUuid();
  await sql`insert into request_form (id, name, name_key, current_version) values (${formId}, ${`Form ${formId}`}, ${formId}, ${version})`.execute(
    db,
  );
  await sql`insert into request_form_version (version, request_form_id, name, fields, policy, agreements)
    values (${version}, ${formId}, ${`Form ${formId}`}, '[]', ${JSON.stringify(reviewBy({ any: [user(steward)] }))}::jsonb,
      ${JSON.stringify([id])}::jsonb)`.execute(db);
  const productId = await addProduct(world, { domain: how.domain });
  await sql`update data_product set data_access_form_id = ${formId} where id = ${productId}`.execute(db);
  return id;
}

export async function addUser(world: World): Promise<TestPerson> {
  return world.server.person({ username: `u-${newUuid()}` });
}

export async function addGroup(world: World, member?: TestPerson): Promise<string> {
  const { db } = world.server.deps;
  const { rows } = await sql<{
    id: number;
  }>`insert into user_group (name) values (${`Group ${newUuid()}`}) returning id`.execute(db);
  const id = rows[0]?.id ?? 0;
  if (member)
    await sql`insert into group_member (group_id, global_user_id) values (${id}, ${member.globalUserId})`.execute(db);
  return String(id);
}

export async function addToken(world: World, owner: TestPerson, revoked = false): Promise<string> {
  const id = newUuid();
  await sql`insert into personal_access_token (id, token_hash, prefix, global_user_id, description, expires_at, revoked_at)
    values (${id}, ${Buffer.from(id)}, 'stoa_pat_xxxx', ${owner.globalUserId}, 'one more', now() + interval '1 day', ${revoked ? sql`now()` : null})`.execute(
    world.server.deps.db,
  );
  return id;
}

export async function addSession(world: World, owner: TestPerson, ended = false): Promise<string> {
  const id = newUuid();
  await sql`insert into session (token_hash, id, global_user_id, expires_at)
    values (${Buffer.from(id)}, ${id}, ${owner.globalUserId}, now() + make_interval(hours => ${ended ? -1 : 1}))`.execute(
    world.server.deps.db,
  );
  return id;
}

export async function addConnection(world: World): Promise<string> {
  const connectionKey = `k${newUuid().replaceAll('-', '')}`;
  const { connectionId } = await addDataSources(world.server.deps.db, { connectionKey, schema: 's', tables: [] });
  await keepSecret(world.server, connectionId);
  return connectionKey;
}

export async function addDraft(world: World, owner: TestPerson): Promise<string> {
  const targetId = newUuid();
  await sql`insert into request_draft (global_user_id, target_id, type, content)
    values (${owner.globalUserId}, ${targetId}, 'DATA_ACCESS', '{"form":{}}')`.execute(world.server.deps.db);
  return targetId;
}

export async function addSavedView(world: World, owner: TestPerson): Promise<string> {
  const id = newUuid();
  await sql`insert into saved_view (id, global_user_id, list, name, name_key, search)
    values (${id}, ${owner.globalUserId}, 'reviews', ${id}, ${id}, '')`.execute(world.server.deps.db);
  return id;
}

export async function addProductDraft(world: World, owner: TestPerson): Promise<string> {
  const id = newUuid();
  await sql`insert into product_draft (global_user_id, id, name, content)
    values (${owner.globalUserId}, ${id}, 'Begun', ${JSON.stringify(writtenProduct())})`.execute(world.server.deps.db);
  return id;
}

export async function addTask(world: World, by: TestPerson): Promise<string> {
  const id = newUuid();
  await sql`insert into task (id, kind, connection_id, subject, status, created_by)
    values (${id}, 'crawl', ${world.connectionId}, '{"target":"matrix"}', 'SUCCEEDED', ${by.globalUserId})`.execute(
    world.server.deps.db,
  );
  return id;
}
