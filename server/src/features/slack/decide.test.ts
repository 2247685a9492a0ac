import {
  determineAccessRequest,
  getAccessRequestById,
  requestAccess,
  rerouteAccessRequest,
  revokeAccess,
} from '@stoa/contract/access-request';
import { searchAudit } from '@stoa/contract/audit';
import { getAccessRequestProvisioning } from '@stoa/contract/provisioning';
import { updateUser } from '@stoa/contract/user';
import { createWebhook, deleteWebhook } from '@stoa/contract/webhook';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sendDue } from '../../channels/send-deliveries.ts';
import { slackChannel } from '../../channels/slack-channel.ts';
import { newUuid } from '../../db/new-id.ts';
import { startTestServer, type TestServer } from '../../testing/app.ts';
import { type LivePlatform, type PlatformLogin, makeLivePlatform } from '../../testing/live-platform.ts';
import type { TestPerson } from '../../testing/people.ts';
import { connectionString } from '../../testing/postgres.ts';
import { publish, type Registered, registerPlatform, waitFor } from '../../testing/register-platform.ts';
import { LocalSlack, type SlackMessage, type SlackPerson } from '../../testing/slack.ts';
import { reviewBy, standardAnswers, user } from '../access-request/requests.fixture.ts';
import { Receiver } from '../webhook/receiver.fixture.ts';
import { connectSlack } from './slack.fixture.ts';

let server: TestServer;
let platform: LivePlatform;
let registered: Registered;
let login: PlatformLogin;
let product: { id: string };
const slack = new LocalSlack();
let receiver: Receiver;
const people = {} as Record<
  'appadmin' | 'governor' | 'useradmin' | 'steward' | 'other' | 'consumer' | 'marked',
  TestPerson
>;
const atSlack = {} as Record<'steward' | 'other' | 'consumer', SlackPerson>;

beforeAll(async () => {
  await slack.start();
  receiver = await Receiver.start();
  const allowed = `${slack.env['STOA_EGRESS_ALLOW']},webhook=127.0.0.1:${receiver.port}`;
  server = await startTestServer({ env: { ...slack.env, STOA_EGRESS_ALLOW: allowed } });
  platform = await makeLivePlatform(connectionString('postgres'));
  people.appadmin = await server.person({ username: 'appadmin', permissions: ['APPLICATION_ADMIN'] });
  people.governor = await server.person({ username: 'governor', permissions: ['GOVERNANCE', 'AUDIT'] });
  people.useradmin = await server.person({ username: 'useradmin', permissions: ['USER_ADMIN'] });
  people.steward = await server.person({ username: 'steward' });
  people.marked = await server.person({ username: 'marked', name: 'Max <!channel> *Marked*' });
  people.other = await server.person({ username: 'other' });
  login = await platform.addLogin('consumer');
  people.consumer = await server.person({ username: login.username });
  for (const name of ['steward', 'other', 'consumer'] as const)
    atSlack[name] = slack.addPerson(`${people[name].username}@example.com`);
  registered = await registerPlatform(platform, { appadmin: people.appadmin, governor: people.governor }, 'slack');
  product = await publish(people.governor, registered, {
    name: 'Slack product',
    sourceIds: registered.sources.slice(0, 2).map((source) => source.id),
  });
  const flow = reviewBy({ any: [user(people.steward), user(people.other), user(people.consumer)] });
  await sql`update data_product set data_access_review_flow = ${JSON.stringify(flow)}::jsonb where id = ${product.id}`.execute(
    server.deps.db,
  );
  await connectSlack(server, slack, people.appadmin);
}, 300_000);
afterAll(async () => {
  await server?.stop();
  await platform?.drop();
  await slack.stop();
  await receiver.stop();
});

const asked: { who: TestPerson; id: string }[] = [];
afterEach(async () => {
  for (const { who, id } of asked.splice(0)) await who.send('DELETE', `/api/access-request/${id}`);
});
const ask = async (who = people.consumer): Promise<string> => {
  const answer = await who.call(requestAccess, {
    params: { id: product.id },
    body: { user: who.globalUserId, form: standardAnswers },
  });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  asked.push({ who, id: answer.body.id });
  return answer.body.id;
};
/** The message as the sending loop hands it to the channel. */
const send = async (who: 'steward' | 'other' | 'consumer', requestId: string) => {
  const { globalUserId, name, username } = people[who];
  return slackChannel(server.deps).send({
    deliveryId: newUuid(),
    notificationId: newUuid(),
    type: 'ACCESS_REQUESTED',
    to: { globalUserId, name, email: `${username}@example.com` },
    subject: 'A request',
    message: 'Somebody asks.',
    details: [],
    action: { label: 'Review the request', url: `${server.url}/reviews/${requestId}` },
    requestId,
    createdAt: new Date(),
    attempt: 1,
  });
};
const isAbout = (message: SlackMessage, requestId: string): boolean =>
  textOf(message).includes(`/reviews/${requestId}`);
/** Does not wait for the sending loop, which sends another one of its own. */
const messageTo = async (who: 'steward' | 'other' | 'consumer', requestId: string): Promise<SlackMessage> => {
  // Slack may have asked for patience of what the loop sends by itself.
  await waitFor('Slack to take the message', async () => {
    const outcome = await send(who, requestId);
    expect(['sent', 'untried']).toContain(outcome.kind);
    return outcome.kind === 'sent';
  });
  const message = slack.messagesOf(atSlack[who]).findLast((one) => isAbout(one, requestId));
  if (message === undefined) throw new Error('no message came');
  return message;
};
const actionsOf = (message: SlackMessage): string[] =>
  message.blocks.flatMap((block) =>
    block['type'] === 'actions' ? (block['elements'] as { action_id: string }[]).map((one) => one.action_id) : [],
  );
const textOf = (message: SlackMessage): string => JSON.stringify(message.blocks);
const open = async (who: 'steward' | 'other' | 'consumer', message: SlackMessage, actionId: string) => {
  const before = slack.views.length;
  expect(await slack.click({ user: atSlack[who].id, message, actionId })).toBe(200);
  return waitFor('the dialog', async () => slack.views[before]);
};
const revoke = (requestId: string) => people.governor.call(revokeAccess, { params: { id: product.id, requestId } });
const decideOnWeb = (who: TestPerson, id: string) =>
  who.call(determineAccessRequest, { params: { id }, body: { status: 'DENIED', reason: 'Not now.' } });

describe('a steward in Slack', () => {
  it('approves for a time in a dialog, and the consumer reads the data; a program is told each step, in order', async () => {
    const hook = await people.appadmin.call(createWebhook, { body: { url: receiver.url } });
    const table = { schema: registered.sources[0]?.path[1] ?? '', name: registered.sources[0]?.path[2] ?? '' };
    expect(await platform.readAs(login, table)).toBe('42501');
    const id = await ask();
    const message = await waitFor('the message', async () =>
      slack.messagesOf(atSlack.steward).find((one) => isAbout(one, id)),
    );
    expect(actionsOf(message)).toEqual(['stoa.approve', 'stoa.approve_for', 'stoa.deny', 'stoa.open']);
    expect(textOf(message)).toContain('Reads 2 sources of Slack product');
    expect(textOf(message)).toContain('Domain of slack  ·  asked <!date');
    // What the requester answered is for who opens the request.
    expect(textOf(message)).not.toContain('Quarterly report');
    const dialog = await open('steward', message, 'stoa.approve_for');
    const answer = await slack.submit(dialog, { reason: 'Fits the team.', duration: '30', durationUnit: 'DAYS' });
    expect(answer).toMatchObject({ status: 200, view: { title: { text: 'Decided' } } });
    await waitFor('the access', async () => {
      const { body } = await people.governor.call(getAccessRequestProvisioning, { params: { id } });
      return body.state === 'ACTIVE';
    });
    expect(await platform.readAs(login, table)).toBe('rows');
    const { body } = await people.governor.call(getAccessRequestById, { params: { id } });
    expect(body).toMatchObject({ status: 'APPROVED', decisionReason: 'Fits the team.' });
    expect(Date.parse(body.expiration ?? '')).toBeGreaterThan(Date.now() + 29 * 86_400_000);
    const audit = await people.governor.call(searchAudit, { query: { action: ['ApprovalRecordDecided'] } });
    const row = audit.body.data.find((one) => one.targets.some((target) => target.id === id));
    expect(row).toMatchObject({ actor: { id: people.steward.globalUserId }, auditPayload: { via: 'slack' } });
    const again = await slack.submit(dialog, { reason: 'Twice.', duration: '30', durationUnit: 'DAYS' });
    expect(again.errors?.['reason']).toContain('Your decision was not stored.');
    await revoke(id);
    await waitFor('the end', async () => (await platform.readAs(login, table)) === '42501');
    const told = await waitFor('the last step', async () => {
      const all = receiver.verified(hook.body.secret ?? '').filter(({ data }) => data.request?.id === id);
      return all.at(-1)?.data.request?.provisioning === 'REMOVED' && all;
    });
    const prefix = 'marketplace.data_product.access_requests';
    expect(told.map(({ type, data }) => [type.replace(`${prefix}.`, ''), data.request?.provisioning])).toEqual([
      ['created', null],
      ['data_steward.updated', null],
      ['consumer.updated', null],
      ['provisioning.updated', 'ACTIVE'],
      ['revoked', null],
      ['provisioning.updated', 'REMOVED'],
    ]);
    await people.appadmin.call(deleteWebhook, { params: { id: hook.body.id } });
  });

  it('is told at the field what is missing, and nothing is decided', async () => {
    const id = await ask();
    const dialog = await open('steward', await messageTo('steward', id), 'stoa.approve_for');
    const half = await slack.submit(dialog, { reason: 'Fits.', duration: '1.5', durationUnit: 'DAYS' });
    expect(half.errors).toEqual({ duration: expect.stringContaining('whole number') });
    const none = await slack.submit(dialog, { reason: '  ', duration: '3', durationUnit: 'DAYS' });
    expect(Object.keys(none.errors ?? {})).toEqual(['reason']);
    const { body } = await people.governor.call(getAccessRequestById, { params: { id } });
    expect(body.status).toBe('PENDING');
    expect((await slack.submit(dialog, { reason: 'Fits.', duration: '3', durationUnit: 'DAYS' })).errors).toBe(
      undefined,
    );
    await revoke(id);
  });

  it('is refused what the web app refuses: by four eyes, by a plan that changed, by what somebody decided before', async () => {
    const id = await ask();
    // Who asks is not asked to decide; a message that came all the same would offer nothing.
    const own = await messageTo('consumer', id);
    expect(actionsOf(own)).toEqual(['stoa.open']);
    const message = await messageTo('steward', id);
    // The consumer presses the button of a message that went to the steward: theirs are the rights that count.
    const mine = await open('consumer', message, 'stoa.approve');
    expect(mine.view.submit).toBe(undefined);
    const dialog = await open('steward', message, 'stoa.approve');
    const taken = await slack.submit({ ...dialog, user: atSlack.consumer.id }, { reason: 'For me.' });
    expect(taken.errors?.['reason']).toContain('another person has to decide it');
    await sql`update data_source set enabled = false where id = ${registered.sources[1]?.id ?? 0}`.execute(
      server.deps.db,
    );
    const moved = await slack.submit(dialog, { reason: 'Fits.' });
    expect(moved.errors?.['reason']).toContain('has changed since this dialog was opened');
    await sql`update data_source set enabled = true where id = ${registered.sources[1]?.id ?? 0}`.execute(
      server.deps.db,
    );
    expect((await decideOnWeb(people.other, id)).status).toBe(200);
    const late = await slack.submit(dialog, { reason: 'Fits.' });
    expect(late.errors?.['reason']).toContain('other denied this');
  });

  it('without an account in Stoa decides nothing, and is told so alone', async () => {
    const id = await ask();
    const message = await messageTo('steward', id);
    const stranger = slack.addPerson('nobody@example.com');
    expect(await slack.click({ user: stranger.id, message, actionId: 'stoa.deny' })).toBe(200);
    const told = await waitFor('the text', async () => slack.ephemerals.at(-1));
    expect(told).toMatchObject({ user: stranger.id, channel: message.channel });
    expect(told.text).toContain('No active account of Stoa');
    const dialog = await open('steward', message, 'stoa.deny');
    const asStranger = await slack.submit({ ...dialog, user: stranger.id }, { reason: 'No.' });
    expect(asStranger.errors?.['reason']).toContain('No active account of Stoa');
    const params = { globalUserId: people.steward.globalUserId };
    await people.useradmin.call(updateUser, { params, body: { status: 'disabled' } });
    expect((await slack.submit(dialog, { reason: 'No.' })).errors?.['reason']).toContain('No active account of Stoa');
    await people.useradmin.call(updateUser, { params, body: { status: 'active' } });
  });

  it('opens the web app where a program asks, also when it turned out to be one while the dialog stood open', async () => {
    const asked = await ask();
    const dialog = await open('steward', await messageTo('steward', asked), 'stoa.approve');
    await sql`update app_user set kind = 'service' where global_user_id = ${people.consumer.globalUserId}`.execute(
      server.deps.db,
    );
    const submitted = await slack.submit(dialog, { reason: 'Fits.' });
    expect(submitted.errors?.['reason']).toContain('It is for a program');
    await people.consumer.send('DELETE', `/api/access-request/${asked}`);
    const id = await ask();
    const message = await messageTo('steward', id);
    expect(actionsOf(message)).toEqual(['stoa.open']);
    expect(textOf(message)).toContain('It is for a program');
    await sql`update app_user set kind = 'human' where global_user_id = ${people.consumer.globalUserId}`.execute(
      server.deps.db,
    );
  });

  it('decides no more once the request is handed to others, who do', async () => {
    const id = await ask();
    const [before, after] = [await messageTo('steward', id), await messageTo('other', id)];
    const pressed = { ...before };
    const original = textOf(after);
    const body = { stages: [{ any: [{ type: 'USER' as const, id: people.other.globalUserId }] }], reason: 'On leave.' };
    expect((await people.governor.call(rerouteAccessRequest, { params: { id }, body })).status).toBe(200);
    await waitFor('the message to be rewritten', async () => actionsOf(before).join() === 'stoa.open');
    const old = await open('steward', pressed, 'stoa.approve');
    expect(old.view.submit).toBe(undefined);
    await waitFor('the other message', async () => textOf(after) !== original && actionsOf(after).length === 4);
    const dialog = await open('other', after, 'stoa.deny');
    expect((await slack.submit(dialog, { reason: 'Not now.' })).view?.title.text).toBe('Decided');
  });

  it('hears within three seconds that a decision takes longer, and how it came out afterwards', async () => {
    const id = await ask();
    const dialog = await open('steward', await messageTo('steward', id), 'stoa.deny');
    const other = await server.deps.db.startTransaction().execute();
    await sql`select from access_request where id = ${id} for update`.execute(other);
    const answer = await slack.submit(dialog, { reason: 'Not now.' });
    expect(answer).toMatchObject({ status: 200, view: { title: { text: 'Deciding…' } } });
    await other.commit().execute();
    await waitFor('the dialog to say it', async () => dialog.view.title.text === 'Decided');
    const { body } = await people.governor.call(getAccessRequestById, { params: { id } });
    expect(body.status).toBe('DENIED');
  });
});

describe('messages in Slack', () => {
  it('are rewritten for every reviewer when somebody decided elsewhere, also when Slack asks for patience', async () => {
    const id = await ask();
    const [first, second] = [await messageTo('steward', id), await messageTo('other', id)];
    slack.limitNext('chat.update', 1);
    expect((await decideOnWeb(people.other, id)).status).toBe(200);
    for (const message of [first, second])
      await waitFor('the message to be rewritten', async () => textOf(message).includes('*Denied* by other: Not now.'));
    expect(actionsOf(first)).toEqual(['stoa.open']);
    const { rows } = await sql<{ error: string }>`select last_error as error from slack_installation`.execute(
      server.deps.db,
    );
    expect(rows[0]?.error).toBe('chat.update: ratelimited');
    // Slack was away for long, and is not quite back.
    slack.limitNext('chat.update', 1);
    await sql`update slack_message set attempts = 100, due_at = now(), digest = '' where access_request_id = ${id}`.execute(
      server.deps.db,
    );
    await waitFor('both to be rewritten again', async () => {
      const { rows: left } = await sql<{ count: number }>`select count(*)::int as count from slack_message
        where access_request_id = ${id} and digest <> '' and due_at is null`.execute(server.deps.db);
      return left[0]?.count === 2;
    });
  });

  it('wait while Slack wants to be left alone, and no attempt is counted that it did not take', async () => {
    const pause = (seconds: number) =>
      sql`update slack_installation set paused_until = now() + make_interval(secs => ${seconds})`.execute(
        server.deps.db,
      );
    const deliveries = async (id: string) => {
      const { rows } = await sql<{ state: string; attempts: number }>`
        select d.state, d.attempts from message_delivery d join inbox_message i on i.id = d.inbox_message_id
        where d.provider = 'SLACK' and i.request_id = ${id}`.execute(server.deps.db);
      return rows;
    };
    // A turn of the sending loop that is under way has asked about patience already.
    await waitFor('nothing to be on its way', async () => {
      const { rows } = await sql<{ waits: boolean }>`select exists (select from event_pending) or exists (
        select from message_delivery where provider = 'SLACK' and state in ('PENDING', 'RETRYING')) as waits`.execute(
        server.deps.db,
      );
      return rows[0]?.waits === false;
    });
    await pause(3_600);
    const id = await ask();
    await waitFor('the messages', async () => (await deliveries(id)).length === 2);
    expect(await sendDue(server.deps, slackChannel(server.deps))).toBe(0);
    expect((await deliveries(id)).map(({ attempts }) => attempts)).toEqual([0, 0]);
    slack.limitNext('chat.postMessage', 1);
    await pause(0);
    await waitFor('both to be sent', async () => (await deliveries(id)).every(({ state }) => state === 'SENT'));
    expect((await deliveries(id)).map(({ attempts }) => attempts)).toEqual([1, 1]);
  });

  it('offer no decision where the risk is high: most of what was asked before was denied', async () => {
    const message = await messageTo('steward', await ask());
    expect(actionsOf(message)).toEqual(['stoa.open']);
    expect(textOf(message)).toContain('The risk is high');
  });

  it('mention nobody and link nowhere by what others typed', async () => {
    const id = await ask(people.marked);
    const message = await messageTo('other', id);
    const marked = textOf(message).match(/"type":"mrkdwn","text":"(?:[^"\\]|\\.)*","verbatim":true/g) ?? [];
    expect(marked.length).toBe(textOf(message).split('"mrkdwn"').length - 1);
    expect(marked.join()).not.toContain('<!channel>');
    expect(marked.join()).toContain('&lt;!channel&gt;');
  });

  it('go to nobody where Slack knows no account with the e-mail', async () => {
    const id = await ask();
    const message = await slackChannel(server.deps).send({
      deliveryId: newUuid(),
      notificationId: newUuid(),
      type: 'DETERMINATION_MADE',
      to: { globalUserId: people.governor.globalUserId, name: 'governor', email: 'governor@example.com' },
      subject: 'Decided',
      message: 'It was.',
      details: [],
      action: null,
      requestId: id,
      createdAt: new Date(),
      attempt: 1,
    });
    expect(message).toEqual({ kind: 'dead', error: 'Slack knows no account with the e-mail governor@example.com.' });
  });
});

describe('what comes to the address for interactions', () => {
  const payload = () => ({
    type: 'block_actions',
    user: { id: atSlack.steward.id, team_id: slack.team.id },
    team: { id: slack.team.id },
    trigger_id: 'none',
    actions: [{ action_id: 'stoa.open' }],
  });

  it('is taken only with a signature of Slack over these very bytes, of the last five minutes', async () => {
    expect((await slack.interact(payload())).status).toBe(200);
    expect((await slack.interact(payload(), { ageSeconds: 290 })).status).toBe(200);
    expect((await slack.interact(payload(), { ageSeconds: 310 })).status).toBe(401);
    expect((await slack.interact(payload(), { ageSeconds: -310 })).status).toBe(401);
    expect((await slack.interact(payload(), { secret: 'another-secret' })).status).toBe(401);
    const other = new URLSearchParams({ payload: JSON.stringify({ ...payload(), trigger_id: 'other' }) }).toString();
    const altered = await slack.interact(payload(), { body: other });
    expect(altered.status).toBe(401);
    expect(JSON.parse(altered.body)).toMatchObject({ code: 'slack.signature_refused' });
    const json = await people.steward.send('POST', '/api/notification/slack/interaction', payload());
    expect(json.status).toBe(415);
  });

  it('of another workspace does nothing', async () => {
    const foreign = { ...payload(), team: { id: 'T0OTHER' }, actions: [{ action_id: 'stoa.deny', value: 'x' }] };
    const own = { ...foreign, team: { id: slack.team.id } };
    const before = slack.calls.filter((method) => method === 'views.open').length;
    expect(await slack.interact(foreign)).toEqual({ status: 200, body: '{}' });
    expect(await slack.interact(own)).toEqual({ status: 200, body: '{}' });
    await waitFor(
      'what the second one does',
      async () => slack.calls.filter((m) => m === 'views.open').length > before,
    );
    expect(slack.calls.filter((method) => method === 'views.open').length).toBe(before + 1);
  });

  it('is refused altogether where too much comes that Slack has not signed', async () => {
    const forge = () => slack.interact(payload(), { secret: 'another-secret' });
    const statuses = new Set<number>();
    for (let part = 0; part < 8; part++)
      for (const { status } of await Promise.all(Array.from({ length: 10 }, forge))) statuses.add(status);
    expect([...statuses].toSorted()).toEqual([401, 429]);
    expect((await slack.interact(payload())).status).toBe(200);
  });
});
