import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import cookie from '@fastify/cookie';
import { errorDefinitions } from '@stoa/contract/error';
import { operations } from '@stoa/contract/operations';
import { scimType, speaksScim } from '@stoa/contract/scim-path';
import fastify, {
  type FastifyBodyParser,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { Deps } from '../deps.ts';
import { asRefusal } from './as-refusal.ts';
import { handleCall, hasCredential } from './handle-call.ts';
import { answerUnrouted, leaveUnread, reading } from './methods.ts';
import { measureCall } from './metrics.ts';
import { isInnerRead, OpenCalls } from './open-calls.ts';
import { Refusal, toProblem } from './refusal.ts';
import { RememberedCallers } from './remembered-callers.ts';
import type { RawRoute, Route } from './route.ts';
import { scanJson } from './scan-json.ts';
import { toScimError } from './scim-error.ts';
import { setSecurityHeaders } from './security-headers.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose call it is, once that is known. */
    callerId: string | null;
    /** What a proxy that is trusted calls it. It is echoed and logged, and nothing else: the call has an id of its own. */
    outerId: string | null;
  }
}

const bodyLimit = 1_048_576;

/** The HTTP application: every operation of the contract, served by its route or answered 501 until it has one. */
export async function buildApp(deps: Deps, routes: readonly (Route | RawRoute)[]): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    genReqId: () => randomUUID(),
    bodyLimit,
    // Those that answer it say so themselves (`methods.ts`).
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 2_000, ignoreTrailingSlash: false },
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    trustProxy: deps.config.trustProxy,
    clientErrorHandler: answerUnreadable,
    frameworkErrors: (error, request, reply) =>
      sendError(deps, error, request as FastifyRequest, reply as unknown as FastifyReply),
  });
  await app.register(cookie);
  app.decorateRequest('callerId', null);
  app.decorateRequest('outerId', null);
  acceptJsonOnly(app);
  app.addHook('onRequest', async (request, reply) => setSecurityHeaders(request, reply));
  app.addHook('onResponse', async (request, reply) => measureCall(request, reply));
  app.setErrorHandler((error: FastifyError, request, reply) => sendError(deps, error, request, reply));
  // What is thrown in it goes to the error handler.
  app.setNotFoundHandler((request, reply) => answerUnrouted(app, request, reply));
  registerRoutes(app, deps, routes);
  return app;
}

function registerRoutes(app: FastifyInstance, deps: Deps, routes: readonly (Route | RawRoute)[]): void {
  const remembered = new RememberedCallers();
  const ofPeople = new OpenCalls(deps.config.openCalls, deps.log);
  // Proving passwords takes long on purpose: whoever sends many at once must not keep out those who are signed in.
  const ofAnybody = new OpenCalls(Math.ceil(deps.config.openCalls / 4), deps.log);
  const byId = new Map(routes.map((route) => [route.operation.id, route]));
  if (byId.size !== routes.length) throw new Error('an operation is served twice');
  for (const operation of operations) {
    const route = byId.get(operation.id);
    byId.delete(operation.id);
    const openCalls = 'public' in operation.access ? ofAnybody : ofPeople;
    const serve = (scope: FastifyInstance) =>
      scope.route({
        method: operation.method === 'GET' ? reading : operation.method,
        ...(route !== undefined && 'handleRaw' in route ? { onSend: leaveUnread } : {}),
        url: operation.path.replaceAll(/\{(\w+)\}/g, ':$1'),
        config: { operationId: operation.id },
        handler: (request, reply) => handleCall(deps, { operation, route, remembered, openCalls }, request, reply),
      });
    const { bodyType } = operation;
    if (speaksScim(operation.path)) void app.register(async (scope) => void serve(acceptScim(scope)));
    else if (bodyType === undefined) serve(app);
    else void app.register(async (scope) => void serve(acceptBytes(scope, bodyType)));
  }
  if (byId.size > 0) throw new Error(`not in the contract: ${[...byId.keys()].join(', ')}`);
}

/** Bodies are JSON, scanned before they are parsed. An empty body of a JSON call is no body. */
function acceptJsonOnly(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit }, parseJson);
}

const parseJson: FastifyBodyParser<string> = (_request, text, done) => {
  if (text === '') return done(null, undefined);
  const problem = scanJson(text);
  if (problem !== undefined)
    return done(new Refusal('request.malformed', { detail: `The body was not read: ${problem}.` }));
  try {
    done(null, JSON.parse(text));
  } catch {
    done(new Refusal('request.malformed', { detail: 'The body is not valid JSON.' }));
  }
};

/** Within one scope, JSON may come under the name that directories give it. */
function acceptScim(scope: FastifyInstance): FastifyInstance {
  scope.addContentTypeParser(scimType, { parseAs: 'string', bodyLimit }, parseJson);
  return scope;
}

/** Within one scope, bodies of another type reach the route as the bytes that came: somebody else has signed them. */
function acceptBytes(scope: FastifyInstance, bodyType: string): FastifyInstance {
  scope.addContentTypeParser(bodyType, { parseAs: 'buffer', bodyLimit }, (_request, bytes, done) => done(null, bytes));
  return scope;
}

/** What Node could not read as HTTP has no request yet; it is answered in the same form, and the connection ends. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const isTooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const refusal = isTooLarge
    ? new Refusal('request.headers_too_large')
    : new Refusal('request.malformed', { detail: 'This is not HTTP that can be read.' });
  const body = toProblem(refusal, randomUUID());
  const text = JSON.stringify(body);
  socket.end(
    [
      `HTTP/1.1 ${body.status} ${STATUS_CODES[body.status] ?? ''}`,
      'content-type: application/problem+json; charset=utf-8',
      `content-length: ${Buffer.byteLength(text)}`,
      'cache-control: no-store',
      'connection: close',
      '',
      text,
    ].join('\r\n'),
  );
}

/** What the operator has to hear of. */
const alarming = new Set<string>(['server.error', 'server.storage_full', 'audit.unavailable']);

/** What was sent is not what the operation takes. */
const unreadable = new Set<number>([400, 413, 415]);

/**
 * How loudly the log says that somebody tried what they may not do or see, or too often, or sent what cannot be read; a call that brought
 * nothing to prove is none of these. Quietly where it is everyday: an address that has gone, a session that has ended, a password to be
 * confirmed, a second factor to be set up, a field filled in wrongly.
 */
function loudnessOf({ code }: Refusal, request: FastifyRequest): 'warn' | 'info' | undefined {
  const { status } = errorDefinitions[code];
  if (code === 'auth.fresh_login_needed' || code === 'auth.second_factor_needed') return 'info';
  if (code === 'resource.not_found') return request.callerId === null ? undefined : 'info';
  if (status === 401 && request.headers.authorization === undefined) return hasCredential(request) ? 'info' : undefined;
  if (unreadable.has(status)) return 'info';
  return status === 401 || status === 403 || status === 429 ? 'warn' : undefined;
}

export async function sendError(
  deps: Deps,
  error: Error & { code?: string; statusCode?: number },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const refusal = asRefusal(error);
  if (alarming.has(refusal.code))
    deps.log.error(
      { err: error, call: request.id, outer: request.outerId ?? undefined, operation: request.routeOptions.config },
      'a call failed',
    );
  const loudness = isInnerRead() ? undefined : loudnessOf(refusal, request);
  if (loudness !== undefined) {
    const { id: call, ip, callerId: user, routeOptions } = request;
    const outer = request.outerId ?? undefined;
    deps.log[loudness](
      { call, outer, ip, user, operation: routeOptions.config, code: refusal.code },
      'a call was refused',
    );
  }
  const isScim = speaksScim(request.url);
  const body = isScim ? toScimError(refusal) : toProblem(refusal, request.id);
  return reply
    .code(Number(body.status))
    .headers(refusal.facts.headers ?? {})
    .header('content-type', `${isScim ? scimType : 'application/problem+json'}; charset=utf-8`)
    .send(JSON.stringify(body));
}
