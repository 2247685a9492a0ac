import {
  cancelAccessRequest,
  determineAccessRequest,
  requestAccess,
  revokeAccess,
} from '@stoa/contract/access-request';
import { createDataProduct, deleteDataProduct, updateDataProduct } from '@stoa/contract/data-product';
import { setDomainPermissions } from '@stoa/contract/domain';
import { createGroup, setGroupMembers } from '@stoa/contract/group';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { updateUser } from '@stoa/contract/user';
import { sql } from 'kysely';
import { endExpiredAccess } from '../features/access-request/expire.ts';
import { reviewBy, standardAnswers, user } from '../features/access-request/requests.fixture.ts';
import type { TestServer } from '../testing/app.ts';
import type { LivePlatform } from '../testing/live-platform.ts';
import type { TestPerson } from '../testing/people.ts';
import { type Registered, registerPlatform, waitFor } from '../testing/register-platform.ts';
import type { HeldAnswers } from './held-answers.fixture.ts';

const roles = ['appadmin', 'governor', 'useradmin', 'auditor', 'manager', 'steward', 'consumer', 'consumer2'] as const;
export type People = Readonly<Record<(typeof roles)[number], TestPerson>>;

export type PublishedWorld = {
  server: TestServer;
  held: HeldAnswers;
  platform: LivePlatform;
  people: People;
  registered: Registered;
  groupId: number;
  products: Readonly<Record<'main' | 'unicode' | 'suspended' | 'deleted' | 'staged' | 'untouched', string>>;
  /** One request per status, all of them on the main product but for the pending one, which two stewards share. */
  requests: Readonly<Record<'APPROVED' | 'PENDING' | 'DENIED' | 'CANCELED' | 'REVOKED' | 'EXPIRED' | 'staged', string>>;
};

export const unicodeName = 'Größe 製品 (ünï-code_2026) / Ω';

export async function makePublishedWorld(
  server: TestServer,
  held: HeldAnswers,
  platform: LivePlatform,
): Promise<PublishedWorld> {
  const people = await makePeople(server, platform);
  const registered = await registerPlatform(
    platform,
    { appadmin: held.hold(people.appadmin), governor: held.hold(people.governor) },
    'published',
  );
  const groupId = await makeGroup(held, people, registered);
  const products = await publishAll(held, people, registered);
  const requests = await requestAll(server, { held, people, products });
  return { server, held, platform, people, registered, groupId, products, requests };
}

async function makePeople(server: TestServer, platform: LivePlatform): Promise<People> {
  const login = await platform.addLogin('reader');
  return {
    appadmin: await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] }),
    governor: await server.person({ username: 'governor', permissions: ['GOVERNANCE'] }),
    useradmin: await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] }),
    auditor: await server.person({ username: 'auditor', permissions: ['AUDIT'] }),
    manager: await server.person({ username: 'manager', name: 'Zoë "the boss" 名前' }),
    steward: await server.person({ username: 'steward', name: "O'Neil \u202e steward" }),
    consumer: await server.person({ username: login.username, name: 'Ça va 🙂' }),
    consumer2: await server.person({ username: 'nobody.there' }),
  };
}

async function makeGroup(held: HeldAnswers, people: People, registered: Registered): Promise<number> {
  const { useradmin, consumer, manager, steward } = people;
  const attributes = { country: ['DE', 'FR'], 'größe "x"': ['1'] };
  const group = await held.ask(useradmin, createGroup, { body: { name: 'Ärzte & Co', attributes } });
  const members = { globalUserIds: [consumer.globalUserId, steward.globalUserId] };
  await held.ask(useradmin, setGroupMembers, { params: { id: group.body.id }, body: members });
  const { globalUserId } = consumer;
  await held.ask(useradmin, updateUser, { params: { globalUserId }, body: { attributes } });
  const principalId = manager.globalUserId;
  await held.ask(useradmin, setDomainPermissions, {
    params: { id: registered.domainId },
    body: { permissions: [{ permission: 'Manage Data Products', principalType: 'user', principalId }] },
  });
  return group.body.id;
}

async function publishAll(
  held: HeldAnswers,
  { manager, governor, steward }: People,
  registered: Registered,
): Promise<PublishedWorld['products']> {
  const source = (index: number) => ({ sourceId: String(registered.sources[index]?.id ?? 0) });
  const publish = async (name: string, over: object = {}): Promise<string> => {
    const sme = { subjectMatterExpert: { id: steward.globalUserId } };
    const body = { name, metadata: sme, domains: [registered.domainId], dataSources: [source(0), source(1)], ...over };
    const made = await held.ask(manager, createDataProduct, { body });
    if (made.status !== 201 || Array.isArray(made.body)) throw new Error(JSON.stringify(made.body));
    return made.body.id;
  };
  const staged = reviewBy({ any: [user(steward), user(governor)] }, { all: [user(governor), user(steward)] });
  const products = {
    main: await publish('Main product', { description: 'Line one\nline two <b>not bold</b>' }),
    unicode: await publish(unicodeName, { description: null, metadata: null, dataSources: [source(2)] }),
    suspended: await publish('Suspended product'),
    deleted: await publish('Deleted product'),
    staged: await publish('Staged product', { dataAccessReviewFlow: staged }),
    untouched: await publish('Untouched product'),
  };
  await held.ask(manager, createDataProduct, {
    body: [1, 2].map((n) => ({
      name: `Listed ${n}`,
      metadata: null,
      domains: [registered.domainId],
      dataSources: [source(n)],
    })),
  });
  const ended = { params: { id: products.suspended }, body: { suspended: true } };
  await held.ask(manager, updateDataProduct, ended);
  return products;
}

type Asking = Pick<PublishedWorld, 'held' | 'people' | 'products'>;

/** A request of each status, each by the road that leads there. */
async function requestAll(server: TestServer, world: Asking): Promise<PublishedWorld['requests']> {
  const { held, people, products } = world;
  const { governor, consumer, consumer2, steward, manager, auditor, useradmin } = people;
  const ask = async (who: TestPerson, id: string = products.main, forWhom: TestPerson = who): Promise<string> => {
    const body = { user: forWhom.globalUserId, form: standardAnswers };
    const made = await held.ask(who, requestAccess, { params: { id }, body });
    if (made.status !== 201) throw new Error(JSON.stringify(made.body));
    return made.body.id;
  };
  const approve = (id: string, period: object = {}) =>
    held.ask(governor, determineAccessRequest, {
      params: { id },
      body: { status: 'APPROVED', reason: 'Passt: "ja" 🙂', ...period },
    });
  const requests = {
    APPROVED: await ask(consumer),
    REVOKED: await ask(consumer2, products.main, steward),
    EXPIRED: await ask(manager),
    DENIED: await ask(consumer2),
    CANCELED: await ask(auditor),
    PENDING: await ask(useradmin),
    staged: await ask(consumer, products.staged),
  };
  await approve(requests.APPROVED, { duration: 6, durationUnit: 'MONTHS' });
  await waitFor('the access to be active', async () => {
    const read = await governor.call(getAccessRequestProvisioning, { params: { id: requests.APPROVED } });
    return read.body.state === 'ACTIVE';
  });
  await approve(requests.REVOKED);
  const revoked = { id: products.main, requestId: requests.REVOKED };
  await held.ask(governor, revokeAccess, { params: revoked, query: { reason: 'No more.' } });
  await approve(requests.EXPIRED, { duration: 1, durationUnit: 'HOURS' });
  await sql`update access_request set expiration = now() - interval '1 second' where id = ${requests.EXPIRED}`.execute(
    server.deps.db,
  );
  await endExpiredAccess(server.deps);
  await held.ask(governor, determineAccessRequest, {
    params: { id: requests.DENIED },
    body: { status: 'DENIED', reason: 'Not this one.' },
  });
  await held.ask(auditor, cancelAccessRequest, { params: { id: requests.CANCELED } });
  const onDeleted = await ask(consumer, products.deleted);
  await approve(onDeleted);
  await held.ask(manager, deleteDataProduct, { params: { id: products.deleted } });
  return requests;
}
