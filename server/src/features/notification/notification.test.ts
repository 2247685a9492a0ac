import { cancelAccessRequest, revokeAccess } from '@stoa/contract/access-request';
import * as notification from '@stoa/contract/notification';
import { notificationTypes } from '@stoa/contract/notification-type';
import { updateTenantProviderConfigs } from '@stoa/contract/notification-channel';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import type { TestPerson } from '../../testing/people.ts';
import { until } from '../../testing/until.ts';
import { askedId, decide, makeProduct, reviewBy, user } from '../access-request/requests.fixture.ts';
import { addMessage } from './messages.fixture.ts';

let server: TestServer;
let consumer: TestPerson;
let colleague: TestPerson;
let steward: TestPerson;
let second: TestPerson;
let governor: TestPerson;
let outsider: TestPerson;

beforeAll(async () => {
  server = await startTestServer({
    env: { STOA_REQUESTS_PER_HOUR: '1000', STOA_PUBLIC_URL: 'https://stoa.example.com' },
  });
  consumer = await server.person({ username: 'consumer', name: 'Ana Ruiz' });
  colleague = await server.person({ username: 'colleague' });
  steward = await server.person({ username: 'steward', name: 'Ben Ito' });
  second = await server.person({ username: 'second' });
  governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE', 'APPLICATION_ADMIN'] });
  outsider = await server.person({ username: 'outsider' });
});
afterAll(() => server.stop());

const inboxOf = async (who: TestPerson, query: { requestId?: string; read?: boolean; searchText?: string } = {}) =>
  (await who.call(notification.getInboxMessages, { query: { limit: 100, ...query } })).body.data;
const told = async (who: TestPerson, requestId: string) =>
  (await inboxOf(who, { requestId })).map((message) => message.notificationType).reverse();
/** Once every event of the request is told, nobody is told more of it. */
const allTold = (requestId: string) =>
  until(async () => {
    const { rows } = await sql<{ waits: boolean }>`
      select exists (select from event_pending p join event e using (sequence) where e.request_id = ${requestId}) as waits`.execute(
      server.deps.db,
    );
    return rows[0]?.waits === false || undefined;
  });
const twoStages = () =>
  makeProduct(server, governor, { flow: reviewBy({ any: [user(steward)] }, { any: [user(second)] }) });

describe('what comes into inboxes', () => {
  it('follows a request from asking to the end of access, each person once for each event', async () => {
    const product = await twoStages();
    const id = await askedId(consumer, product, colleague);
    await allTold(id);
    expect([
      await told(steward, id),
      await told(second, id),
      await told(colleague, id),
      await told(consumer, id),
    ]).toEqual([['ACCESS_REQUESTED'], [], ['REQUEST_FOR_YOU'], []]);
    await decide(steward, id, 'APPROVED');
    await allTold(id);
    expect(await told(second, id)).toEqual(['ACCESS_REQUESTED']);
    await decide(second, id, 'APPROVED', { duration: 2, durationUnit: 'DAYS' });
    await allTold(id);
    expect([
      await told(steward, id),
      await told(second, id),
      await told(colleague, id),
      await told(consumer, id),
    ]).toEqual([
      ['ACCESS_REQUESTED', 'DETERMINATION_MADE'],
      ['ACCESS_REQUESTED'],
      ['REQUEST_FOR_YOU', 'DETERMINATION_MADE'],
      ['DETERMINATION_MADE'],
    ]);
    await governor.call(revokeAccess, {
      params: { id: product.id, requestId: id },
      query: { reason: 'Project over.' },
    });
    await allTold(id);
    expect(await told(colleague, id)).toEqual(['REQUEST_FOR_YOU', 'DETERMINATION_MADE', 'ACCESS_REVOKED']);
    expect(await told(outsider, id)).toEqual([]);
    const [last] = await inboxOf(colleague, { requestId: id });
    expect(last?.message).toContain('Reason: Project over.');
  });

  it('leads to the page where it can be acted on, and says what it is about', async () => {
    const id = await askedId(consumer, await twoStages());
    await allTold(id);
    const [message] = await inboxOf(steward, { requestId: id });
    expect(message).toMatchObject({
      subject: expect.stringContaining('Ana Ruiz asks for Product'),
      data: { actionLink: `https://stoa.example.com/reviews/${id}`, actionPath: `/reviews/${id}`, requestId: id },
    });
    expect(message?.data?.details).toContainEqual({ label: 'For', value: 'Ana Ruiz' });
    await consumer.call(cancelAccessRequest, { params: { id } });
    await allTold(id);
    expect([await told(steward, id), await told(consumer, id)]).toEqual([['ACCESS_REQUESTED', 'REQUEST_CANCELED'], []]);
  });

  it('says of an approval that it was one, also when it is told after the access was revoked', async () => {
    const product = await makeProduct(server, governor, { flow: reviewBy({ any: [user(steward)] }) });
    const id = await askedId(consumer, product);
    await decide(steward, id, 'APPROVED', { duration: 2, durationUnit: 'DAYS' });
    await governor.call(revokeAccess, { params: { id: product.id, requestId: id }, query: { reason: 'Over.' } });
    await allTold(id);
    // As if the fan-out had not come to the decision before.
    await sql`with decided as (select id, sequence from event where request_id = ${id} and type like '%.consumer.updated'),
      untold as (delete from inbox_message m using decided d where m.event_id = d.id)
      insert into event_pending (sequence) select sequence from decided`.execute(server.deps.db);
    await allTold(id);
    const message = (await inboxOf(consumer, { requestId: id })).find(
      (m) => m.notificationType === 'DETERMINATION_MADE',
    );
    expect(message?.message).toMatch(/was approved\. By Ben Ito\. It ends on /);
  });

  it('tells governors when nobody is left to decide', async () => {
    const gone = await server.person({ username: `gone-${newUuid()}` });
    await sql`update app_user set status = 'disabled' where global_user_id = ${gone.globalUserId}`.execute(
      server.deps.db,
    );
    const id = await askedId(consumer, await makeProduct(server, governor, { flow: reviewBy({ any: [user(gone)] }) }));
    await allTold(id);
    expect(await told(governor, id)).toEqual(['REQUEST_UNREVIEWABLE']);
  });
});

describe('the inbox', () => {
  it('is read, counted and searched by its owner alone', async () => {
    const reader = await server.person({ username: 'reader' });
    const first = await addMessage(server.deps.db, reader, { subject: '100% of claims_2024' });
    const other = await addMessage(server.deps.db, reader, { subject: 'Something else' });
    const own = { params: { id: first } };
    expect((await server.nobody.call(notification.getInboxMessages)).status).toBe(401);
    expect((await outsider.call(notification.getInboxMessage, own)).status).toBe(404);
    expect((await outsider.call(notification.setInboxMessageReadStatus, { ...own, body: { read: true } })).status).toBe(
      404,
    );
    const mixed = [
      { id: first, read: true },
      { id: newUuid(), read: true },
    ];
    expect((await reader.call(notification.batchUpdateInboxMessage, { body: mixed })).status).toBe(404);
    expect((await reader.call(notification.getInboxSummary)).body).toEqual({ unread: 2, total: 2 });
    expect((await inboxOf(reader, { searchText: '% of claims_' })).map((m) => m.id)).toEqual([first]);
    const marked = await reader.call(notification.setInboxMessageReadStatus, { ...own, body: { read: true } });
    const again = await reader.call(notification.setInboxMessageReadStatus, { ...own, body: { read: true } });
    expect(again.body.readAt).toBe(marked.body.readAt);
    expect((await inboxOf(reader, { read: false })).map((m) => m.id)).toEqual([other]);
    const both = await reader.call(notification.batchUpdateInboxMessage, {
      body: [
        { id: first, read: false },
        { id: other, read: true },
      ],
    });
    expect(both.body.map((m) => [m.id, m.readAt !== undefined])).toEqual([
      [first, false],
      [other, true],
    ]);
  });

  it('marks as read what was seen, and nothing that came later', async () => {
    const reader = await server.person({ username: 'whole-reader' });
    await addMessage(server.deps.db, reader);
    const [seen] = await inboxOf(reader);
    await sql`update inbox_message set created_at = created_at - interval '1 hour' where id = ${seen?.id}`.execute(
      server.deps.db,
    );
    await addMessage(server.deps.db, reader);
    const until = (await inboxOf(reader))[1]?.createdAt ?? '';
    expect((await reader.call(notification.readWholeInbox, { body: { until } })).body).toEqual({ unread: 1, total: 2 });
  });
});

describe('preferences', () => {
  it('are on until somebody switches them, the inbox for good', async () => {
    const one = await server.person({ username: 'chooser' });
    const before = await one.call(notification.getUserPreferences);
    expect(before.body.map((p) => [p.provider, p.enabled, p.typePreferences.length])).toEqual(
      ['INBOX', 'EMAIL', 'SLACK'].map((provider) => [provider, true, notificationTypes.length]),
    );
    const off = { notificationType: 'PRODUCT_PUBLISHED', enabled: false };
    const types = await one.call(notification.updateUserPreferences, {
      body: { preferences: [{ provider: 'EMAIL', typePreferences: [off] }] },
    });
    expect(types.body.recipientId).toBe(one.globalUserId);
    const channels = await one.call(notification.updateUserProviderConfigs, {
      body: { configs: [{ provider: 'SLACK', enabled: false }] },
    });
    expect(channels.body.configs.map((c) => [c.provider, c.enabled])).toEqual([
      ['INBOX', true],
      ['EMAIL', true],
      ['SLACK', false],
    ]);
    const after = await one.call(notification.getUserPreferences);
    expect(after.body[1]?.typePreferences).toContainEqual(off);
    const other = await outsider.call(notification.getUserPreferences);
    expect(other.body[1]?.typePreferences).not.toContainEqual(off);
  });

  it.each([
    ['INBOX', 'notification.inbox_always_on'],
    ['TEAMS', 'notification.provider_unknown'],
    ['PIGEON', 'notification.provider_unknown'],
  ])('refuse to switch %s off', async (provider, code) => {
    const answer = await outsider.call(notification.updateUserProviderConfigs, {
      body: { configs: [{ provider, enabled: false }] },
    });
    expect(answer).toMatchObject({ status: 422, body: { code } });
  });

  it('refuse kinds of messages and zones that there are not', async () => {
    const body = {
      preferences: [{ provider: 'EMAIL', typePreferences: [{ notificationType: 'NEWS', enabled: true }] }],
    };
    expect(await outsider.call(notification.updateUserPreferences, { body })).toMatchObject({
      status: 422,
      body: { code: 'notification.type_unknown' },
    });
    const hours = { timeZone: 'Mars/Olympus', quietHours: null };
    expect(await outsider.call(notification.updateNotificationHours, { body: hours })).toMatchObject({
      status: 422,
      body: { code: 'notification.time_zone_unknown' },
    });
  });

  it('keep a zone and hours of quiet, and fall back to the zone of the installation', async () => {
    const quietHours = { from: '22:00', to: '07:00' };
    const kept = await outsider.call(notification.updateNotificationHours, {
      body: { timeZone: 'Europe/Berlin', quietHours },
    });
    expect(kept.body).toMatchObject({ timeZone: 'Europe/Berlin', quietHours, defaultTimeZone: 'UTC' });
    const body = { configs: [{ provider: 'SLACK' as const, enabled: false }], timeZone: 'Asia/Tokyo' };
    expect((await outsider.call(updateTenantProviderConfigs, { body })).status).toBe(403);
    const all = await governor.call(updateTenantProviderConfigs, { body });
    expect(all.body.configs).toContainEqual({ provider: 'SLACK', enabled: false, connected: false });
    expect((await outsider.call(notification.getNotificationHours)).body.defaultTimeZone).toBe('Asia/Tokyo');
  });
});
