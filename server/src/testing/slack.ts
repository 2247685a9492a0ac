import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import { messageBlocks, type ModalView, modalView } from './slack-blocks.ts';

type Args = Readonly<Record<string, string>>;
type Answer = Readonly<Record<string, unknown>>;
export type SlackPerson = { id: string; email: string; deleted?: boolean };
export type SlackMessage = { channel: string; ts: string; user: string; text: string; blocks: readonly Answer[] };
type OpenView = { id: string; user: string; view: ModalView };
type Click = { user: string; message: Pick<SlackMessage, 'channel' | 'ts' | 'blocks'>; actionId: string };
/** What Slack does with the answer to a submission. */
export type SubmissionAnswer = {
  readonly status: number;
  readonly errors?: Readonly<Record<string, string>>;
  readonly view?: ModalView;
};

const failed = (error: string, more: Answer = {}): Answer => ({ ok: false, error, ...more });
const newId = (prefix: string): string => prefix + randomBytes(5).toString('hex').toUpperCase();

/**
 * A server that speaks the part of Slack's API that Stoa uses, as docs.slack.dev documents it: methods with form bodies, their
 * errors, limits of Block Kit, triggers that last three seconds and serve once, 429 with Retry-After; and that sends
 * interactions as Slack does: signed, as a form. It is no Slack: what is not documented, it does not know.
 */
export class LocalSlack {
  readonly clientId = '1234567890.9876543210';
  readonly clientSecret = 'client-secret-of-the-test';
  readonly signingSecret = 'signing-secret-of-the-test';
  readonly team = { id: 'T0000TEST', name: 'Test workspace' };
  readonly people: SlackPerson[] = [];
  readonly messages: SlackMessage[] = [];
  readonly views: OpenView[] = [];
  readonly ephemerals: { channel: string; user: string; text: string }[] = [];
  /** Methods in the order of their calls. */
  readonly calls: string[] = [];
  /** The app was set to tokens that are over after twelve hours. */
  rotatesTokens = false;
  /** Where interactions are sent; the manifest says it. */
  requestUrl = '';
  readonly #tokens = new Set<string>();
  readonly #codes = new Map<string, string>();
  readonly #triggers = new Map<string, { user: string; at: number }>();
  readonly #limits = new Map<string, number>();
  #server: Server | undefined;
  #lastTs = 1_700_000_000;

  async start(): Promise<void> {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  get host(): string {
    const address = this.#server?.address();
    if (typeof address !== 'object' || address === null) throw new Error('it was not started');
    return `127.0.0.1:${address.port}`;
  }

  /** What the server under test needs to find it. */
  get env(): Record<string, string> {
    return { STOA_SLACK_API_URL: `http://${this.host}/api`, STOA_EGRESS_ALLOW: `slack=${this.host}` };
  }

  addPerson(email: string): SlackPerson {
    const person = { id: newId('U'), email };
    this.people.push(person);
    return person;
  }

  /** A workspace's admin allows the app: where the browser is sent back to. */
  allow(authorizeUrl: string): string {
    const asked = new URL(authorizeUrl);
    const code = newId('C');
    const redirect = asked.searchParams.get('redirect_uri') ?? '';
    this.#codes.set(code, redirect);
    return `${redirect}?${new URLSearchParams({ code, state: asked.searchParams.get('state') ?? '' }).toString()}`;
  }

  revokeTokens(): void {
    this.#tokens.clear();
  }

  /** The next call of a method is answered 429. */
  limitNext(method: string, retryAfterSeconds: number): void {
    this.#limits.set(method, retryAfterSeconds);
  }

  messagesOf(person: SlackPerson): SlackMessage[] {
    return this.messages.filter((message) => message.user === person.id);
  }

  /** Somebody presses a button of a message. */
  async click({ user, message, actionId }: Click): Promise<number> {
    const buttons = z.array(z.looseObject({ action_id: z.string(), value: z.string().optional() }));
    const pressed = message.blocks
      .flatMap((block) => (block['type'] === 'actions' ? buttons.parse(block['elements']) : []))
      .find((button) => button.action_id === actionId);
    if (pressed === undefined) throw new Error(`the message has no button ${actionId}`);
    const trigger = newId('trigger.');
    this.#triggers.set(trigger, { user, at: Date.now() });
    const answer = await this.interact({
      type: 'block_actions',
      user: { id: user, team_id: this.team.id },
      team: { id: this.team.id, domain: 'test' },
      trigger_id: trigger,
      channel: { id: message.channel, name: 'directmessage' },
      container: { type: 'message', message_ts: message.ts, channel_id: message.channel, is_ephemeral: false },
      actions: [{ ...pressed, type: 'button', action_ts: '1' }],
    });
    return answer.status;
  }

  /** Somebody submits a dialog; its fields as `{ block: text }`, a choice of a menu as its value. */
  async submit({ id, user, view }: OpenView, fields: Readonly<Record<string, string>>): Promise<SubmissionAnswer> {
    const values = Object.fromEntries(
      view.blocks.flatMap((block) => {
        if (block.type !== 'input' || block.block_id === undefined) return [];
        const text = fields[block.block_id] ?? null;
        const { type, action_id } = block.element;
        const state = type === 'static_select' ? { type, selected_option: { value: text } } : { type, value: text };
        return [[block.block_id, { [action_id]: state }]];
      }),
    );
    const { status, body } = await this.interact({
      type: 'view_submission',
      user: { id: user, team_id: this.team.id },
      team: { id: this.team.id, domain: 'test' },
      view: { ...view, id, state: { values } },
    });
    const answer = submissionAnswer.parse(body === '' ? {} : JSON.parse(body));
    return {
      status,
      ...(answer.errors === undefined ? {} : { errors: answer.errors }),
      ...(answer.view === undefined ? {} : { view: modalView.parse(answer.view) }),
    };
  }

  /** Sends what Slack would send, signed; `signing` for what it would not. */
  async interact(
    payload: unknown,
    signing: { secret?: string; ageSeconds?: number; body?: string } = {},
  ): Promise<{ status: number; body: string }> {
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    const timestamp = String(Math.floor(Date.now() / 1_000) - (signing.ageSeconds ?? 0));
    const signature = createHmac('sha256', signing.secret ?? this.signingSecret)
      .update(`v0:${timestamp}:${body}`)
      .digest('hex');
    const response = await fetch(this.requestUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': `v0=${signature}`,
      },
      body: signing.body ?? body,
    });
    return { status: response.status, body: await response.text() };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method === 'GET' && request.url?.startsWith('/oauth/v2/authorize?') === true) {
      // Whoever comes here is the workspace's admin, and allows it.
      response.writeHead(302, { location: this.allow(`http://${this.host}${request.url}`) });
      return void response.end();
    }
    const method = (request.url ?? '').replace('/api/', '');
    this.calls.push(method);
    const limit = this.#limits.get(method);
    if (limit !== undefined) {
      this.#limits.delete(method);
      response.writeHead(429, { 'retry-after': String(limit), 'content-type': 'application/json' });
      return void response.end(JSON.stringify(failed('ratelimited')));
    }
    const args = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
    response.end(JSON.stringify(this.#answer(method, args, token)));
  }

  #answer(method: string, args: Args, token: string | undefined): Answer {
    if (method === 'oauth.v2.access') return this.#exchange(args);
    if (token === undefined) return failed('not_authed');
    if (!this.#tokens.has(token)) return failed('invalid_auth');
    switch (method) {
      case 'auth.test':
        return { ok: true, team: this.team.name, team_id: this.team.id, user_id: 'U0BOT' };
      case 'auth.revoke':
        return { ok: true, revoked: this.#tokens.delete(token) };
      case 'users.lookupByEmail':
        return this.#userAnswer((person) => person.email === args['email'], 'users_not_found');
      case 'users.info':
        return this.#userAnswer((person) => person.id === args['user'], 'user_not_found');
      case 'chat.postMessage':
        return this.#postMessage(args);
      case 'chat.postEphemeral':
        this.ephemerals.push({ channel: args['channel'] ?? '', user: args['user'] ?? '', text: args['text'] ?? '' });
        return { ok: true, message_ts: '1' };
      case 'chat.update':
        return this.#updateMessage(args);
      case 'views.open':
        return this.#openView(args);
      case 'views.update':
        return this.#updateView(args);
      default:
        return failed('unknown_method');
    }
  }

  #exchange(args: Args): Answer {
    if (args['client_id'] !== this.clientId) return failed('invalid_client_id');
    if (args['client_secret'] !== this.clientSecret) return failed('bad_client_secret');
    const redirect = this.#codes.get(args['code'] ?? '');
    if (redirect === undefined) return failed('invalid_code');
    this.#codes.delete(args['code'] ?? '');
    if (redirect !== args['redirect_uri']) return failed('bad_redirect_uri');
    const token = `xoxb-${randomBytes(12).toString('hex')}`;
    this.#tokens.add(token);
    return {
      ok: true,
      access_token: token,
      token_type: 'bot',
      scope: 'chat:write,users:read,users:read.email',
      bot_user_id: 'U0BOT',
      app_id: 'A0APP',
      team: this.team,
      enterprise: null,
      is_enterprise_install: false,
      authed_user: { id: 'U0ADMIN' },
      ...(this.rotatesTokens ? { refresh_token: `xoxe-1-${newId('R')}`, expires_in: 43_200 } : {}),
    };
  }

  #userAnswer(isIt: (person: SlackPerson) => boolean, otherwise: string): Answer {
    const person = this.people.find(isIt);
    if (person === undefined) return failed(otherwise);
    const { id, email, deleted = false } = person;
    const user = { id, team_id: this.team.id, deleted, is_bot: false, is_email_confirmed: true, profile: { email } };
    return { ok: true, user };
  }

  #postMessage(args: Args): Answer {
    const blocks = messageBlocks.safeParse(JSON.parse(args['blocks'] ?? '[]'));
    if (!blocks.success) return failed('invalid_blocks', { errors: [blocks.error.message] });
    const user = args['channel'] ?? '';
    if (!this.people.some((person) => person.id === user)) return failed('channel_not_found');
    this.#lastTs += 1;
    const place = { channel: user.replace(/^U/, 'D'), ts: `${this.#lastTs}.000100` };
    this.messages.push({ ...place, user, text: args['text'] ?? '', blocks: blocks.data });
    return { ok: true, ...place };
  }

  #updateMessage(args: Args): Answer {
    const blocks = messageBlocks.safeParse(JSON.parse(args['blocks'] ?? '[]'));
    if (!blocks.success) return failed('invalid_blocks', { errors: [blocks.error.message] });
    const message = this.messages.find((one) => one.channel === args['channel'] && one.ts === args['ts']);
    if (message === undefined) return failed('message_not_found');
    message.text = args['text'] ?? '';
    message.blocks = blocks.data;
    return { ok: true, channel: message.channel, ts: message.ts };
  }

  #openView(args: Args): Answer {
    const trigger = this.#triggers.get(args['trigger_id'] ?? '');
    if (trigger === undefined) return failed('invalid_trigger_id');
    this.#triggers.delete(args['trigger_id'] ?? '');
    if (Date.now() - trigger.at > 3_000) return failed('expired_trigger_id');
    const view = modalView.safeParse(JSON.parse(args['view'] ?? '{}'));
    if (!view.success) return failed('invalid_arguments', { response_metadata: { messages: [view.error.message] } });
    const id = newId('V');
    this.views.push({ id, user: trigger.user, view: view.data });
    return { ok: true, view: { id } };
  }

  #updateView(args: Args): Answer {
    const view = modalView.safeParse(JSON.parse(args['view'] ?? '{}'));
    if (!view.success) return failed('invalid_arguments');
    const open = this.views.find((one) => one.id === args['view_id']);
    if (open === undefined) return failed('not_found');
    open.view = view.data;
    return { ok: true, view: { id: open.id } };
  }
}

const submissionAnswer = z.object({
  response_action: z.string().optional(),
  errors: z.record(z.string(), z.string()).optional(),
  view: z.unknown().optional(),
});
