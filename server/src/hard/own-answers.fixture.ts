import * as requests from '@stoa/contract/access-request';
import { explainAccess } from '@stoa/contract/access';
import { explainPermissions } from '@stoa/contract/effective-permission';
import { searchAudit } from '@stoa/contract/audit';
import * as auth from '@stoa/contract/auth';
import * as dataKeys from '@stoa/contract/data-key';
import * as restores from '@stoa/contract/restore';
import { determineAccessRequests } from '@stoa/contract/bulk-determination';
import * as connections from '@stoa/contract/connection';
import * as objects from '@stoa/contract/data-object';
import { getDataProductById } from '@stoa/contract/data-product';
import * as use from '@stoa/contract/data-product-use';
import * as sources from '@stoa/contract/data-source';
import * as domains from '@stoa/contract/domain';
import { getAccessRequestEvidence } from '@stoa/contract/evidence';
import * as grants from '@stoa/contract/existing-grant';
import * as groups from '@stoa/contract/group';
import * as identities from '@stoa/contract/identity';
import { listAttributes } from '@stoa/contract/attribute';
import { readGroupPermissions } from '@stoa/contract/group-permission';
import { importPeople } from '@stoa/contract/people-import';
import { listMemberships } from '@stoa/contract/membership';
import { getAccessRequestPlan } from '@stoa/contract/plan';
import * as drafts from '@stoa/contract/product-draft';
import * as proofs from '@stoa/contract/proof-history';
import * as provisioning from '@stoa/contract/provisioning';
import { previewReconcile } from '@stoa/contract/reconcile-plan';
import { remindReviewers } from '@stoa/contract/reviewer-reminder';
import { snoozeAccessRequest, wakeAccessRequest } from '@stoa/contract/snooze';
import { listFirstSteps } from '@stoa/contract/first-step';
import * as settings from '@stoa/contract/settings';
import { getOpenApiDocument, getOpenApiYaml } from '@stoa/contract/system';
import * as tags from '@stoa/contract/tag';
import { getTask } from '@stoa/contract/task';
import { listSessions } from '@stoa/contract/own-session';
import * as views from '@stoa/contract/saved-view';
import * as users from '@stoa/contract/user';
import { endUserSessions } from '@stoa/contract/user-session';
import { deleteUserToken, listUserTokens } from '@stoa/contract/user-token';
import { sql } from 'kysely';
import pg from 'pg';
import { systemActor } from '../audit/append.ts';
import { newCuid, newUuid } from '../db/new-id.ts';
import { standardAnswers } from '../features/access-request/requests.fixture.ts';
import { writtenProduct } from '../features/product-draft/written-product.fixture.ts';
import { createToken } from '../features/token/create-token.ts';
import { openSession } from '../http/authenticate.ts';
import { askOwners } from './owner-answers.fixture.ts';
import { askPolicies } from './policy-answers.fixture.ts';
import type { PublishedWorld } from './published-world.fixture.ts';

/** Calls every operation that is ours alone, with what it takes and with what is not there. */
export async function askOwnOperations(world: PublishedWorld): Promise<void> {
  await askPeople(world);
  await askCatalogue(world);
  await askProducts(world);
  await askProductDrafts(world);
  await askRequests(world);
  await askConnections(world);
  await askPolicies(world);
}

async function askPeople({ held: { ask }, people, server, groupId }: PublishedWorld): Promise<void> {
  const { useradmin, consumer, appadmin } = people;
  await ask(server.nobody, auth.getSetup);
  const session = { globalUserId: consumer.globalUserId, ip: '127.0.0.1', userAgent: 'Größe/1.0' };
  await openSession(server.deps.db, session);
  await ask(consumer, listSessions);
  await ask(server.nobody, listSessions);
  await ask(server.nobody, getOpenApiDocument);
  await ask(server.nobody, getOpenApiYaml);
  await ask(consumer, settings.getApplicationSettings);
  await ask(consumer, listFirstSteps);
  const view = { list: 'audit' as const, name: 'Größe', search: 'action=AccessExpired&q=%F0%9F%8E%81' };
  const ofView = { params: { id: (await ask(consumer, views.saveView, { body: view })).body.id } };
  await ask(consumer, views.listSavedViews, { query: { list: 'audit' } });
  for (const _ of ['there', 'gone']) await ask(consumer, views.deleteSavedView, ofView);
  await ask(appadmin, settings.updateApplicationSettings, { body: { distinctReviewers: true } });
  await ask(consumer, settings.updateApplicationSettings, { body: {} });
  const body = { username: 'new.one', name: 'Ñew öne', email: 'new@example.com', attributes: { team: ['a'] } };
  const made = await ask(useradmin, users.createUser, { body });
  await ask(useradmin, users.createUser, { body });
  await ask(useradmin, users.listUsers);
  await ask(useradmin, users.listUsers, { query: { searchText: 'ñew', limit: 1 } });
  for (const globalUserId of [consumer.globalUserId, useradmin.globalUserId, made.body.globalUserId, newUuid()])
    await ask(useradmin, users.readUser, { params: { globalUserId } });
  const params = { globalUserId: made.body.globalUserId };
  for (const globalUserId of [consumer.globalUserId, useradmin.globalUserId, newUuid()])
    await ask(useradmin, explainPermissions, { params: { globalUserId } });
  await ask(useradmin, explainPermissions, { params, query: { domainId: newUuid() } });
  await ask(consumer, explainPermissions, { params });
  const { tokenId } = await createToken(server.deps, {
    owner: { globalUserId: params.globalUserId, name: 'Ñew öne' },
    actor: systemActor,
    description: 'Größe',
  });
  await ask(useradmin, listUserTokens, { params });
  await ask(consumer, listUserTokens, { params });
  for (const by of [consumer, useradmin, useradmin])
    await ask(by, deleteUserToken, { params: { ...params, id: tokenId } });
  await ask(useradmin, endUserSessions, { params });
  await ask(consumer, endUserSessions, { params });
  await ask(useradmin, users.updateUser, { params, body: { status: 'disabled' } });
  await ask(useradmin, users.updateUser, {
    params: { globalUserId: useradmin.globalUserId },
    body: { permissions: ['GOVERNANCE'] },
  });
  await ask(useradmin, groups.listGroups);
  const group = await ask(useradmin, groups.createGroup, { body: { name: 'Short-lived' } });
  await ask(useradmin, groups.createGroup, { body: { name: 'SHORT-LIVED' } });
  const ofGroup = { params: { id: group.body.id } };
  await ask(useradmin, groups.readGroup, { params: { id: groupId } });
  await ask(useradmin, readGroupPermissions, { params: { id: groupId } });
  await ask(useradmin, listAttributes, { query: { searchText: 'e', isAsked: 'false' } });
  await ask(useradmin, groups.updateGroup, { ...ofGroup, body: { email: 'group@example.com' } });
  await ask(useradmin, groups.setGroupMembers, { ...ofGroup, body: { globalUserIds: [newUuid()] } });
  await ask(useradmin, groups.deleteGroup, ofGroup);
  await ask(useradmin, groups.deleteGroup, ofGroup);
  const file = { params: { kind: 'groups' as const }, body: { csv: 'name,email\nÄrzte & Co,aerzte@example.com\n' } };
  await ask(useradmin, importPeople, { ...file, query: { dryRun: true } });
  await ask(useradmin, importPeople, file);
  await ask(useradmin, importPeople, { ...file, body: { csv: 'name,email\nX,none\n' } });
  await ask(useradmin, importPeople, { ...file, body: { csv: 'colour\nred\n' } });
}

async function askCatalogue(world: PublishedWorld): Promise<void> {
  const {
    held: { ask },
    people,
    registered,
  } = world;
  const { governor, consumer, manager, appadmin } = people;
  const domain = await ask(governor, domains.createDomain, { body: { name: 'Ärger & Freude', description: 'x' } });
  const params = { id: domain.body.id };
  const sourceId = registered.sources[0]?.id ?? 0;
  await ask(governor, domains.createDomain, { body: { name: 'ärger & freude' } });
  await ask(consumer, domains.listDomains);
  await ask(governor, domains.listDomains, { query: { searchText: 'ärger' } });
  await ask(consumer, domains.readDomain, { params });
  await ask(governor, domains.updateDomain, { params, body: { description: 'y' } });
  await ask(governor, domains.setDomainDataSources, { params, body: { dataSourceIds: [sourceId] } });
  await ask(governor, domains.setDomainDataSources, { params, body: { dataSourceIds: [2_147_483_646] } });
  await ask(governor, domains.deleteDomain, { params });
  await ask(governor, domains.deleteDomain, { params: { id: registered.domainId } });
  for (const person of [governor, consumer, manager]) {
    await ask(person, sources.listDataSources);
    await ask(person, sources.listDataSources, { query: { domainId: registered.domainId, searchText: 'TABLE' } });
    await ask(person, sources.listDataSources, { query: { connectionKey: 'published', tag: ['none'] } });
    for (const { id } of registered.sources) await ask(person, sources.readDataSource, { params: { id } });
  }
  await askTags(world, sourceId);
  const { connectionKey } = registered;
  const roots = await ask(appadmin, objects.listDataObjects, { query: { connectionKey } });
  const root = roots.body.data[0]?.id ?? '';
  await ask(appadmin, objects.listDataObjects, { query: { parentId: root, limit: 1 } });
  await ask(appadmin, objects.listDataObjects, { query: { connectionKey, searchText: 'table', missing: false } });
  await ask(appadmin, objects.readDataObject, { params: { id: root } });
  await ask(appadmin, objects.readDataObject, { params: { id: newUuid() } });
  await askOwners(world, root);
  await ask(appadmin, objects.updateDataObject, { params: { id: root }, body: { state: 'disabled' } });
  const again = await ask(appadmin, objects.updateDataObject, { params: { id: root }, body: { state: 'enabled' } });
  await ask(appadmin, getTask, { params: { taskId: again.body.taskId } });
}

async function askTags({ held: { ask }, people }: PublishedWorld, sourceId: number): Promise<void> {
  const { governor, consumer } = people;
  const made = await ask(governor, tags.createTag, {
    body: { name: String.raw`Ünï.v1\.2`, description: 'x', sensitivity: 'high' },
  });
  await ask(governor, tags.createTag, { body: { name: 'ünï' } });
  await ask(governor, tags.createTag, { body: { name: 'Stoa Mine' } });
  await ask(governor, tags.createTag, { body: { name: 'a..b' } });
  const params = { id: made.body.id };
  await ask(governor, tags.updateTag, { params, body: { sensitivity: null } });
  const source = { dataSourceIds: [sourceId] };
  const add = [params.id];
  await ask(governor, tags.changeTags, { query: { dryRun: true }, body: { add, targets: source } });
  await ask(governor, tags.changeTags, { body: { add, targets: source } });
  const { body } = await ask(governor, sources.readDataSource, { params: { id: sourceId } });
  const columns = body.columns.map(({ name }) => ({ dataSourceId: sourceId, name }));
  await ask(governor, tags.changeTags, { body: { add, targets: { columns } } });
  await ask(governor, tags.changeTags, { body: { add, targets: { filter: { searchText: 'none of them' } } } });
  await ask(consumer, tags.changeTags, { body: { add, targets: source } });
  await ask(consumer, tags.listTags);
  await ask(consumer, tags.listTags, { query: { searchText: 'v1', sensitivity: 'high' } });
  for (const person of [governor, consumer]) {
    await ask(person, tags.readTag, { params });
    await ask(person, tags.listTagApplications, { query: { tagId: params.id } });
    await ask(person, tags.listTagApplications, { query: { dataSourceId: sourceId, withDisabled: true } });
  }
  await ask(governor, sources.readDataSource, { params: { id: sourceId } });
  const dynamic = await ask(governor, domains.createDomain, { body: { name: 'By a tag', tagId: params.id } });
  await ask(governor, domains.previewDomain, { body: { tagId: params.id } });
  await ask(governor, domains.previewDomain, { body: { id: dynamic.body.id, tagId: params.id } });
  await ask(governor, domains.previewDomain, { body: { tagId: 2_147_483_646 } });
  await ask(governor, domains.setDomainDataSources, { params: { id: dynamic.body.id }, body: { dataSourceIds: [] } });
  await ask(governor, tags.readTag, { params });
  await ask(governor, tags.deleteTag, { params });
  await ask(governor, domains.updateDomain, { params: { id: dynamic.body.id }, body: { tagId: null } });
  await ask(governor, tags.changeTags, { body: { remove: add, targets: source } });
  await ask(governor, tags.deleteTag, { params });
  await ask(governor, tags.deleteTag, { params, query: { confirmCount: columns.length } });
  await ask(governor, tags.deleteTag, { params });
}

async function askProducts({ held: { ask }, people, registered, products }: PublishedWorld): Promise<void> {
  const { consumer, manager } = people;
  const dataSources = registered.sources.slice(0, 3).map((source) => ({ sourceId: String(source.id) }));
  const change = { dataProductId: products.main };
  await ask(manager, use.previewDataProduct, { body: { domains: [registered.domainId], dataSources } });
  for (const more of [{ dataSources }, { suspended: true }, { deleted: true }, { domains: [newUuid()] }])
    await ask(manager, use.previewDataProduct, { body: { ...change, ...more } });
  await ask(consumer, use.previewDataProduct, { body: change });
  for (const id of [...Object.values(products), newUuid()])
    for (const person of [consumer, manager]) {
      await ask(person, use.getDataProductUse, { params: { id } });
      await ask(person, use.listDataProductActivity, { params: { id } });
      await ask(person, use.listDataProductActivity, { params: { id }, query: { limit: 1 } });
    }
}

/** Drafts of a new product and of the change of one, written on and thrown away. */
async function askProductDrafts({ held: { ask }, people, products }: PublishedWorld): Promise<void> {
  const { consumer, manager } = people;
  const { body: product } = await ask(manager, getDataProductById, { params: { id: products.main } });
  const change = { from: writtenProduct({ name: product.name }).writing, updatedAt: product.updatedAt };
  for (const [id, body] of [
    [newUuid(), writtenProduct({ name: 'Begun' })],
    [products.main, { ...writtenProduct({ name: 'Begun' }), begun: change }],
  ] as const) {
    await ask(consumer, drafts.saveProductDraft, { params: { id }, body });
    await ask(manager, drafts.saveProductDraft, { params: { id }, body });
    for (const person of [consumer, manager]) {
      await ask(person, drafts.readProductDraft, { params: { id } });
      await ask(person, drafts.listProductDrafts, { query: { q: 'begun' } });
      await ask(person, drafts.deleteProductDraft, { params: { id } });
    }
  }
}

async function askRequests({
  held: { ask },
  people,
  products,
  requests: made,
  ...world
}: PublishedWorld): Promise<void> {
  const { consumer, consumer2, governor, auditor } = people;
  for (const id of [products.unicode, products.suspended, products.staged, newUuid()])
    await ask(consumer2, requests.previewAccessRequest, {
      params: { id },
      body: { user: consumer2.globalUserId, form: standardAnswers },
    });
  for (const id of [...Object.values(made), newCuid()])
    for (const person of [governor, consumer, auditor]) {
      await ask(person, getAccessRequestEvidence, { params: { id } });
      await ask(person, getAccessRequestPlan, { params: { id } });
      await ask(person, provisioning.getAccessRequestProvisioning, { params: { id } });
      await ask(person, provisioning.retryAccessRequestProvisioning, { params: { id } });
      await ask(person, proofs.getAccessRequestProof, { params: { id } });
      await ask(person, proofs.downloadAccessRequestProof, { params: { id } });
    }
  await sql`update approval_record set updated_at = updated_at - interval '2 days' where access_request_id = ${made.PENDING}`.execute(
    world.server.deps.db,
  );
  for (const person of [governor, people.useradmin, people.useradmin]) {
    await ask(person, remindReviewers, { params: { id: made.PENDING } });
    await ask(person, requests.getAccessRequestById, { params: { id: made.PENDING } });
  }
  const until = new Date(Date.now() + 3_600_000).toISOString();
  await ask(governor, snoozeAccessRequest, { params: { id: made.PENDING }, body: { until } });
  await ask(governor, requests.getAccessRequestById, { params: { id: made.PENDING } });
  await ask(governor, wakeAccessRequest, { params: { id: made.PENDING } });
  await ask(governor, requests.determineAccessRequest, {
    params: { id: made.PENDING },
    body: { status: 'APPROVED', reason: 'Ja.', planHash: 'an old one' },
  });
  await ask(governor, determineAccessRequests, {
    body: { status: 'APPROVED', reason: 'Ja.', accessRequests: [{ id: made.PENDING }, { id: newCuid() }] },
  });
  await ask(governor, provisioning.retryAccessRequestProvisioning, { params: { id: made.staged } });
  for (const user of [consumer.globalUserId, consumer2.globalUserId])
    for (const source of world.registered.sources)
      await ask(governor, explainAccess, { query: { user, sourceId: source.id } });
  for (const state of ['active', 'pending', 'ended'] as const)
    for (const person of [consumer, consumer2, governor])
      await ask(person, listMemberships, { query: { state: [state] } });
  await ask(governor, listMemberships, { query: { user: consumer.globalUserId, limit: 1 } });
  await ask(auditor, searchAudit, { query: { limit: 100 } });
  await ask(auditor, searchAudit, { query: { outcome: ['SUCCESS'], from: '2020-01-01T00:00:00Z', searchText: 'ünï' } });
  await ask(consumer, searchAudit);
}

async function askDrift({ held: { ask }, people: { appadmin }, registered, server }: PublishedWorld): Promise<void> {
  const { connectionKey } = registered;
  await sql`insert into drift_finding (id, connection_id, finding, object, principal, privilege, detail)
    select ${newUuid()}, id, 'bypass', 'a.b.c', 'ça', 'SELECT', '{"repair":"REVOKE"}' from connection where connection_key = ${connectionKey}`.execute(
    server.deps.db,
  );
  const { body } = await ask(appadmin, connections.listDrift, {
    params: { connectionKey },
    query: { ignored: 'false' },
  });
  const params = { connectionKey, driftId: body.data.find(({ isForPerson }) => isForPerson)?.id ?? '' };
  await ask(appadmin, connections.ignoreDrift, { params, body: { reason: 'ça va' } });
  await ask(appadmin, connections.listDrift, { params: { connectionKey }, query: { ignored: 'true' } });
  await ask(appadmin, connections.unignoreDrift, { params });
}

/** Two plans over one grant that a superuser made: one is confirmed, and one declined. */
async function askTakeBack(world: PublishedWorld): Promise<void> {
  const { held, people, platform, registered, server } = world;
  const { ask } = held;
  const params = { connectionKey: registered.connectionKey };
  const [, schema = '', name = ''] = registered.sources[0]?.path ?? [];
  const [table, login] = [
    [schema, name].map((part) => pg.escapeIdentifier(part)).join('.'),
    pg.escapeIdentifier(people.consumer.username),
  ];
  await platform.superuser.query(`grant insert on ${table} to ${login}`);
  const second = await server.person({ username: 'governor-2', permissions: ['GOVERNANCE'] });
  const question = { mode: 'take_over' as const, path: [] };
  const file = async () => {
    const { body } = await ask(people.governor, grants.previewTakeBack, { params, body: question });
    const filed = await ask(people.governor, grants.fileTakeBack, {
      params,
      body: { ...question, planHash: body.planHash, reason: 'ça suffit' },
    });
    return { params: { takeBackId: filed.body.id }, planHash: body.planHash };
  };
  const [confirmed, declined] = [await file(), await file()];
  await ask(second, grants.confirmTakeBack, { params: confirmed.params, body: { planHash: confirmed.planHash } });
  await ask(second, grants.declineTakeBack, { params: declined.params, body: { reason: 'non' } });
  await ask(people.auditor, grants.listTakeBacks, { params });
  for (const one of [confirmed, declined]) await ask(people.appadmin, grants.readTakeBack, { params: one.params });
  await platform.superuser.query(`revoke insert on ${table} from ${login}`);
  await ask(second, grants.recheckTakeBack, { params: confirmed.params });
}

async function askConnections(world: PublishedWorld): Promise<void> {
  const { held, people, registered, server } = world;
  const { ask } = held;
  const { appadmin, useradmin, consumer, consumer2 } = people;
  const params = { connectionKey: registered.connectionKey };
  const { body } = await ask(appadmin, connections.readConnection, { params });
  const { technology, config, authType, credentials } = body;
  await ask(appadmin, connections.createConnectionScript, { body: { technology, config } });
  const same = { connectionKey: registered.connectionKey, technology, config, authType, credentials };
  await ask(appadmin, connections.preflightConnection, { body: same });
  await ask(appadmin, connections.preflightConnection, { body: { ...same, config: { ...config, port: 1 } } });
  await ask(appadmin, connections.recheckConnection, { params });
  await ask(appadmin, connections.createConnection, { body: same });
  await ask(appadmin, connections.listConnections, { query: { searchText: 'publ' } });
  await ask(appadmin, connections.updateConnection, { params, body: { syncIntervalHours: 48 } });
  await askDrift(world);
  await askTakeBack(world);
  await ask(appadmin, dataKeys.listDataKeys);
  for (const person of [consumer2, appadmin, appadmin]) await ask(person, dataKeys.rotateDataKeys);
  await ask(appadmin, restores.listRestoreFindings, { query: { kind: ['beyond'], searchText: 'ça' } });
  await ask(useradmin, identities.listIdentities, { params, query: { searchText: 'ça' } });
  const ofUser = { connectionKey: registered.connectionKey, globalUserId: consumer2.globalUserId };
  await ask(useradmin, identities.listIdentities, { params, query: { state: 'unverified', waiting: 'true' } });
  await ask(useradmin, identities.verifyIdentities, { params, body: { searchText: 'ça' } });
  await ask(useradmin, identities.setIdentity, { params: ofUser, body: { externalName: 'public' } });
  await ask(useradmin, identities.setIdentity, { params: ofUser, body: { externalName: 'nobody at all' } });
  await ask(useradmin, identities.setIdentity, { params: ofUser, body: { externalName: consumer.username } });
  await ask(useradmin, identities.setIdentity, { params: ofUser, body: { externalName: null } });
  const synced = await ask(appadmin, connections.syncConnection, { params });
  await ask(appadmin, getTask, { params: { taskId: synced.body.taskId } });
  await ask(appadmin, previewReconcile, { params });
  await ask(appadmin, connections.reconcileConnection, { params });
  await ask(appadmin, connections.deleteConnection, { params });
  await sql`delete from data_product_source`.execute(server.deps.db);
  await ask(appadmin, connections.deleteConnection, { params });
}
