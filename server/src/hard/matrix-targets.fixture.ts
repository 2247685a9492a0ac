import { sql } from 'kysely';
import { newCuid, newUuid } from '../db/new-id.ts';
import { addDelivery, addMessage } from '../features/notification/messages.fixture.ts';
import { addTag } from '../features/tag/tags.fixture.ts';
import { addDeadDelivery, addWebhook } from '../features/webhook/webhooks.fixture.ts';
import type { ActorKind } from './matrix-actors.fixture.ts';
import * as world from './matrix-world.fixture.ts';
import type { Variant, World } from './matrix-world.fixture.ts';

export type TargetKind =
  | 'none'
  | 'token'
  | 'userToken'
  | 'session'
  | 'connection'
  | 'identity'
  | 'drift'
  | 'takeBack'
  | 'peopleChange'
  | 'task'
  | 'object'
  | 'asset'
  | 'requestedAsset'
  | 'source'
  | 'tag'
  | 'tagged'
  | 'explained'
  | 'domain'
  | 'emptyDomain'
  | 'policy'
  | 'identifier'
  | 'run'
  | 'verification'
  | 'user'
  | 'identityProvider'
  | 'signInLink'
  | 'group'
  | 'form'
  | 'agreement'
  | 'draft'
  | 'savedView'
  | 'productDraft'
  | 'message'
  | 'delivery'
  | 'webhook'
  | 'webhookDelivery'
  | 'product'
  | 'publishing'
  | 'pending'
  | 'approved'
  | 'approvedOfProduct'
  | 'approvedOfAsset'
  | 'record';

/** Path parameters by name, and what a body or query needs beside them. */
export type Target = Readonly<Record<string, string>>;

/** The cells that make sense for a kind of thing. */
export const variantsOf: Readonly<Record<TargetKind, readonly Variant[]>> = {
  none: ['same domain'],
  token: ['own', 'same domain', 'deleted', 'random id'],
  userToken: ['own', 'same domain', 'deleted', 'random id'],
  session: ['own', 'same domain', 'deleted', 'random id'],
  connection: ['same domain', 'deleted', 'random id'],
  identity: ['own', 'same domain', 'random id'],
  drift: ['own', 'same domain', 'random id'],
  takeBack: ['own', 'same domain', 'random id'],
  peopleChange: ['own', 'same domain', 'random id'],
  task: ['own', 'same domain', 'random id'],
  object: ['same domain', 'other domain', 'random id'],
  asset: ['same domain', 'other domain', 'random id'],
  requestedAsset: ['same domain', 'random id'],
  source: ['own', 'same domain', 'other domain', 'random id'],
  tag: ['same domain', 'deleted', 'random id'],
  tagged: ['same domain', 'other domain', 'random id'],
  explained: ['own', 'same domain', 'other domain', 'random id'],
  domain: ['same domain', 'other domain', 'deleted', 'random id'],
  emptyDomain: ['same domain', 'deleted', 'random id'],
  policy: ['same domain', 'other domain', 'deleted', 'random id'],
  identifier: ['same domain', 'deleted', 'random id'],
  run: ['same domain', 'other domain', 'random id'],
  verification: ['same domain', 'random id'],
  user: ['own', 'same domain', 'random id'],
  identityProvider: ['same domain', 'deleted', 'random id'],
  signInLink: ['own', 'same domain', 'random id'],
  group: ['own', 'same domain', 'deleted', 'random id'],
  draft: ['own', 'same domain', 'random id'],
  savedView: ['own', 'same domain', 'random id'],
  productDraft: ['own', 'same domain', 'random id'],
  message: ['own', 'same domain', 'random id'],
  delivery: ['same domain', 'random id'],
  webhook: ['same domain', 'random id'],
  webhookDelivery: ['same domain', 'random id'],
  agreement: ['same domain', 'other domain', 'deleted', 'random id'],
  form: ['same domain', 'other domain', 'deleted', 'random id'],
  product: world.variants,
  publishing: ['same domain', 'other domain'],
  pending: world.variants,
  approved: world.variants,
  approvedOfProduct: world.variants,
  approvedOfAsset: ['own', 'same domain', 'other domain', 'random id'],
  record: world.variants,
};

type Maker = (w: World, variant: Variant, actor: ActorKind) => Promise<Target>;

const personOf = (w: World, actor: ActorKind) => (actor === 'nobody' ? w.stranger : w.actors[actor]);
const domainOf = (variant: Variant): 'A' | 'B' => (variant === 'other domain' ? 'B' : 'A');
const ownerOf = (w: World, variant: Variant, actor: ActorKind) =>
  variant === 'own' || variant === 'deleted' ? personOf(w, actor) : w.stranger;

type Asked = { actor: ActorKind; status: 'PENDING' | 'APPROVED'; assetId?: string };
const request = async (w: World, variant: Variant, { actor, ...how }: Asked) => {
  if (variant === 'random id') return { id: newCuid(), targetId: newUuid(), recordId: newCuid() };
  const party = variant === 'own' ? personOf(w, actor) : undefined;
  return world.addRequest(w, { ...how, domain: domainOf(variant), party, deleted: variant === 'deleted' });
};

async function domain(w: World, variant: Variant): Promise<Target> {
  if (variant === 'random id') return { id: newUuid() };
  if (variant === 'same domain') return { id: w.domains.A };
  if (variant === 'other domain') return { id: w.domains.B };
  return emptyDomain(w, variant);
}

async function emptyDomain(w: World, variant: Variant): Promise<Target> {
  if (variant === 'random id') return { id: newUuid() };
  const id = await world.addDomain(w);
  if (variant === 'deleted') await sql`delete from domain where id = ${id}`.execute(w.server.deps.db);
  return { id };
}

async function group(w: World, variant: Variant, actor: ActorKind): Promise<Target> {
  if (variant === 'random id') return { id: '2147483646' };
  const id = await world.addGroup(w, variant === 'own' ? personOf(w, actor) : undefined);
  if (variant === 'deleted') await sql`delete from user_group where id = ${Number(id)}`.execute(w.server.deps.db);
  return { id };
}

async function connection(w: World, variant: Variant): Promise<Target> {
  if (variant === 'random id') return { connectionKey: 'nowhere' };
  const connectionKey = await world.addConnection(w);
  if (variant === 'deleted')
    await sql`delete from connection where connection_key = ${connectionKey}`.execute(w.server.deps.db);
  return { connectionKey };
}

async function drift(w: World, variant: Variant, actor: ActorKind): Promise<Target> {
  const connectionKey = await world.addConnection(w);
  const id = newUuid();
  if (variant === 'random id') return { connectionKey, driftId: id };
  const { db } = w.server.deps;
  const principal = { own: '16001', other: '16002' };
  await sql`insert into platform_identity (connection_id, global_user_id, external_name, platform_principal_id, state)
    select id, ${personOf(w, actor).globalUserId}, 'own login', ${principal.own}, 'mapped' from connection where connection_key = ${connectionKey}`.execute(
    db,
  );
  const detail = { principalId: variant === 'own' ? principal.own : principal.other, consumers: [principal.own] };
  await sql`insert into drift_finding (id, connection_id, finding, object, principal, privilege, detail)
    select ${id}, id, 'bypass', 'db.schema.table', 'a login', 'SELECT', ${JSON.stringify(detail)}::jsonb from connection where connection_key = ${connectionKey}`.execute(
    db,
  );
  return { connectionKey, driftId: id };
}

async function takeBack(w: World, variant: Variant, actor: ActorKind): Promise<Target> {
  const id = newUuid();
  if (variant === 'random id') return { takeBackId: id };
  const connectionKey = await world.addConnection(w);
  const filedBy = personOf(w, variant === 'own' ? actor : 'requester').globalUserId;
  await sql`insert into take_back (id, connection_id, mode, path, plan_hash, reason, losing, losing_count, filed_by, expires_at)
    select ${id}, id, 'take_over', '{}', 'hash', 'Earlier grants.', '[]', 0, ${filedBy}, now() + interval '1 day'
    from connection where connection_key = ${connectionKey}`.execute(w.server.deps.db);
  return { takeBackId: id };
}

async function peopleChange(w: World, variant: Variant, actor: ActorKind): Promise<Target> {
  const id = newUuid();
  if (variant === 'random id') return { id };
  const filedBy = personOf(w, variant === 'own' ? actor : 'requester').globalUserId;
  await sql`insert into people_change (id, operation, target_type, target_name, input, reasons, favours, gaining, gaining_count, changes,
      change_count, fingerprint, outcome, filed_by, expires_at)
    values (${id}, 'createUser', 'USER', 'Ana', '{}', '{permission}', '{}', '{}', 0, '[]', 0, '', '', ${filedBy}, now() + interval '1 day')`.execute(
    w.server.deps.db,
  );
  return { id };
}

async function product(w: World, variant: Variant, actor: ActorKind): Promise<Target> {
  if (variant === 'random id') return { id: newUuid(), name: 'no such product' };
  const owner = variant === 'own' ? personOf(w, actor) : undefined;
  const id = await world.addProduct(w, { domain: domainOf(variant), owner, deleted: variant === 'deleted' });
  return { id, name: `Product ${id}` };
}

const sourceOf = (w: World, variant: Variant): string => {
  if (variant === 'random id') return '2147483646';
  if (variant === 'own') return String(w.sources.published);
  return String(variant === 'same domain' ? w.sources.inA : w.sources.inB);
};
async function identifierOf(w: World, variant: Variant): Promise<string> {
  if (variant === 'random id') return '2147483646';
  const { db } = w.server.deps;
  const { rows } = await sql<{ id: number }>`
    insert into identifier (name, criteria_type, pattern, case_sensitive, tags, specificity)
    values (${newUuid()}, 'regex', 'a', true, '{Matrix}', 50) returning id`.execute(db);
  const id = rows[0]?.id ?? 0;
  if (variant === 'deleted') await sql`delete from identifier where id = ${id}`.execute(db);
  return String(id);
}
/** One that has ended: that it cannot be canceled is not the matter of rights. */
async function runOf(w: World, variant: Variant): Promise<string> {
  const id = newUuid();
  if (variant === 'random id') return id;
  await sql`insert into identification_run (id, scope, domain_id, scope_name, cause, status)
    values (${id}, 'domain', ${w.domains[domainOf(variant)]}, 'matrix', 'person', 'SUCCEEDED')`.execute(
    w.server.deps.db,
  );
  return id;
}
async function verificationOf(w: World, variant: Variant): Promise<string> {
  const id = newUuid();
  if (variant === 'random id') return id;
  await sql`insert into verification_run (id, cause, status, outcome) values (${id}, 'person', 'SUCCEEDED', 'HELD')`.execute(
    w.server.deps.db,
  );
  return id;
}
async function tagOf(w: World, variant: Variant): Promise<number> {
  if (variant === 'random id') return 2_147_483_646;
  const id = await addTag(w.server.deps.db, `Tag ${newUuid()}`);
  if (variant === 'deleted') await sql`delete from tag where id = ${id}`.execute(w.server.deps.db);
  return id;
}
const object = async (w: World, variant: Variant): Promise<Target> => ({
  id: variant === 'random id' ? newUuid() : (w.objects[variant === 'same domain' ? 0 : 1] ?? ''),
});

async function providerOf(w: World, variant: Variant): Promise<string> {
  const id = `p-${newUuid()}`;
  if (variant === 'random id') return id;
  const { db } = w.server.deps;
  await sql`insert into identity_provider (id, name, issuer, client_id, scopes, claims, unknown_people, is_enabled)
    values (${id}, ${id}, ${`https://127.0.0.1/${id}`}, 'stoa', '{openid}',
      '{"username": "sub", "name": "name", "email": null, "groups": null, "attributes": {}}', 'refuse', true)`.execute(
    db,
  );
  if (variant === 'deleted') await sql`delete from identity_provider where id = ${id}`.execute(db);
  return id;
}

/** Makes the thing that a call is about, fresh for each call, since some calls use it up. */
export const makeTarget: Readonly<Record<TargetKind, Maker>> = {
  none: async () => ({}),
  token: async (w, variant, actor) => ({
    id:
      variant === 'random id' ? newUuid() : await world.addToken(w, ownerOf(w, variant, actor), variant === 'deleted'),
  }),
  userToken: async (w, variant, actor) => {
    const { globalUserId } = variant === 'own' ? personOf(w, actor) : w.stranger;
    if (variant === 'random id') return { globalUserId, id: newUuid() };
    return { globalUserId, id: await world.addToken(w, ownerOf(w, variant, actor), variant === 'deleted') };
  },
  session: async (w, variant, actor) => ({
    id:
      variant === 'random id'
        ? newUuid()
        : await world.addSession(w, ownerOf(w, variant, actor), variant === 'deleted'),
  }),
  connection,
  identity: async (w, variant, actor) => ({
    connectionKey: 'matrix',
    globalUserId:
      variant === 'random id'
        ? newUuid()
        : (variant === 'own' ? personOf(w, actor) : await world.addUser(w)).globalUserId,
  }),
  drift,
  takeBack,
  peopleChange,
  task: async (w, variant, actor) => ({
    taskId: variant === 'random id' ? newUuid() : await world.addTask(w, ownerOf(w, variant, actor)),
  }),
  object,
  asset: object,
  requestedAsset: async (w, variant) => ({
    id: variant === 'random id' ? newUuid() : await world.addUnregistered(w),
    assetId: w.objects[0] ?? '',
  }),
  source: async (w, variant) => ({ id: sourceOf(w, variant) }),
  tag: async (w, variant) => ({ id: String(await tagOf(w, variant)) }),
  tagged: async (w, variant) => ({ id: sourceOf(w, variant), tagId: String(await tagOf(w, 'same domain')) }),
  explained: async (w, variant, actor) => ({
    user: variant === 'own' ? personOf(w, actor).globalUserId : w.stranger.globalUserId,
    // A source that everybody sees, so that only the person makes the difference; in domain B one that they do not.
    sourceId: variant === 'same domain' ? String(w.sources.published) : sourceOf(w, variant),
  }),
  domain,
  emptyDomain,
  policy: async (w, variant) => ({
    domainId: w.domains[domainOf(variant)],
    version: '1',
    id:
      variant === 'random id'
        ? newUuid()
        : await world.addPolicy(w, { domain: domainOf(variant), deleted: variant === 'deleted' }),
  }),
  identifier: async (w, variant) => ({ id: await identifierOf(w, variant) }),
  run: async (w, variant) => ({ id: await runOf(w, variant) }),
  verification: async (w, variant) => ({ id: await verificationOf(w, variant) }),
  user: async (w, variant, actor) => ({
    globalUserId:
      variant === 'random id'
        ? newUuid()
        : (variant === 'own' ? personOf(w, actor) : await world.addUser(w)).globalUserId,
  }),
  identityProvider: async (w, variant) => ({ id: await providerOf(w, variant) }),
  signInLink: async (w, variant, actor) => {
    const { globalUserId } = variant === 'own' ? personOf(w, actor) : await world.addUser(w);
    const providerId = await providerOf(w, variant);
    if (variant !== 'random id')
      await sql`insert into sign_in_link (provider_id, subject, global_user_id)
        values (${providerId}, ${newUuid()}, ${globalUserId})`.execute(w.server.deps.db);
    return { globalUserId, providerId };
  },
  group,
  message: async (w, variant, actor) => ({
    id: variant === 'random id' ? newUuid() : await addMessage(w.server.deps.db, ownerOf(w, variant, actor)),
  }),
  delivery: async (w, variant) => ({
    id: variant === 'random id' ? newUuid() : await addDelivery(w.server.deps.db, w.stranger),
  }),
  webhook: async (w, variant) => ({
    id: variant === 'random id' ? newUuid() : await addWebhook(w.server.deps),
  }),
  webhookDelivery: async (w, variant) => {
    const id = await addWebhook(w.server.deps);
    const deliveryId = variant === 'random id' ? newUuid() : await addDeadDelivery(w.server.deps.db, id);
    return { id, deliveryId };
  },
  savedView: async (w, variant, actor) => ({
    id: variant === 'random id' ? newUuid() : await world.addSavedView(w, ownerOf(w, variant, actor)),
  }),
  draft: async (w, variant, actor) => ({
    targetId: variant === 'random id' ? newUuid() : await world.addDraft(w, ownerOf(w, variant, actor)),
  }),
  productDraft: async (w, variant, actor) => ({
    id: variant === 'random id' ? newUuid() : await world.addProductDraft(w, ownerOf(w, variant, actor)),
  }),
  agreement: async (w, variant) => ({
    id:
      variant === 'random id'
        ? newUuid()
        : await world.addAgreement(w, { domain: domainOf(variant), deleted: variant === 'deleted' }),
    version: '1',
  }),
  form: async (w, variant) =>
    variant === 'random id'
      ? { id: newUuid(), version: newCuid() }
      : world.addForm(w, { domain: domainOf(variant), deleted: variant === 'deleted' }),
  product,
  publishing: async (w, variant) => ({
    domainId: w.domains[domainOf(variant)],
    sourceId: String(variant === 'same domain' ? w.sources.published : w.sources.inB),
  }),
  pending: async (w, variant, actor) => ({ id: (await request(w, variant, { actor, status: 'PENDING' })).id }),
  approved: async (w, variant, actor) => ({ id: (await request(w, variant, { actor, status: 'APPROVED' })).id }),
  approvedOfProduct: async (w, variant, actor) => {
    const made = await request(w, variant, { actor, status: 'APPROVED' });
    return { id: made.targetId, requestId: made.id };
  },
  approvedOfAsset: async (w, variant, actor) => {
    const assetId = w.objects[variant === 'other domain' ? 1 : 0] ?? '';
    const made = await request(w, variant, { actor, status: 'APPROVED', assetId });
    return { id: made.targetId, requestId: made.id };
  },
  record: async (w, variant, actor) => ({ id: (await request(w, variant, { actor, status: 'PENDING' })).recordId }),
};
