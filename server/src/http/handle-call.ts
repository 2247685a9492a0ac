import { errorDefinitions } from '@stoa/contract/error';
import type { Operation } from '@stoa/contract/operation';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Deps } from '../deps.ts';
import { type Confirmation, requireConfirmedLoss } from '../features/simulate/confirm-loss.ts';
import { fileChange } from '../features/people-change/file-change.ts';
import { HeldChange, holdChange } from '../features/people-change/hold-change.ts';
import { lookOnce } from '../features/simulate/look-once.ts';
import { failPoint } from '../work/fail-point.ts';
import { type Caller, findCallerBySession, findCallerByToken, type Wanted } from './authenticate.ts';
import { refusalOfConstraint } from './constraints.ts';
import {
  type Claim,
  claimIdempotencyKey,
  endFailedClaim,
  type IdempotentCall,
  keepAnswer,
  markEffect,
  releaseIdempotencyKey,
} from './idempotency.ts';
import { innerDeps, type OpenCalls } from './open-calls.ts';
import { parseInput, type ParsedInput } from './parse-input.ts';
import { entityTag, openPrecondition, type Precondition } from './precondition.ts';
import { notAuthenticated, Refusal } from './refusal.ts';
import type { RememberedCallers } from './remembered-callers.ts';
import type { Call, RawRoute, Reply, Route } from './route.ts';
import { checkOrigin } from './security-headers.ts';
import { readSessionCookie } from './session-cookie.ts';

/** Whose page it is that calls. A browser has one session for all of its tabs, and somebody else may have signed in at another. */
const personHeader = 'x-stoa-person';

type Served = { operation: Operation; route: Route | RawRoute | undefined; remembered: RememberedCallers };

/** The one way in: is there room for one more, who calls, may the browser have sent it, what came, the operation, what goes out. */
export const handleCall = (
  deps: Deps,
  { openCalls, ...served }: Served & { openCalls: OpenCalls },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> => openCalls.run(served.operation, () => answerCall(innerDeps() ?? deps, served, request, reply));

async function answerCall(deps: Deps, served: Served, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const credential = credentialToRemember(served, request);
  const remembered = credential === undefined ? undefined : served.remembered.find(credential);
  if (remembered === undefined) {
    const caller = await findCaller(deps, served, request);
    // Who lacks a second factor may have it a moment later.
    const isToKeep = caller !== undefined && !caller.lacksSecondFactor;
    if (credential !== undefined && isToKeep) served.remembered.keep(credential, caller);
    return serve(deps, { ...served, caller }, request, reply);
  }
  try {
    return await serve(deps, { ...served, caller: remembered }, request, reply);
  } catch (error) {
    // What is refused is told to nobody whose credential has ended in between.
    await findCaller(deps, served, request);
    throw error;
  }
}

/** Of calls whose operation proves its caller itself; not where anything is answered or compared before it runs. */
function credentialToRemember({ route }: Served, request: FastifyRequest): string | undefined {
  const { headers } = request;
  if (route === undefined || !('provesCaller' in route) || route.provesCaller !== true) return undefined;
  if (headers['idempotency-key'] !== undefined || headers['if-match'] !== undefined) return undefined;
  if (headers.authorization !== undefined) return headers.authorization;
  const cookie = readSessionCookie(request);
  // No header holds a line's end: neither passes for the other.
  return cookie === undefined ? undefined : `cookie\n${cookie}`;
}

/** Who calls, as the database knows them now. */
async function findCaller(
  deps: Deps,
  { operation, route }: Served,
  request: FastifyRequest,
): Promise<Caller | undefined> {
  const isPublic = 'public' in operation.access;
  const wanted = route && 'loadsActor' in route && route.loadsActor === true ? 'id' : 'person';
  const caller =
    isPublic && !hasCredential(request) ? undefined : await authenticate(deps, request, { isPublic, wanted });
  if (!isPublic && !caller) throw notAuthenticated();
  return caller;
}

async function serve(
  deps: Deps,
  { operation, route, caller }: Served & { caller: Caller | undefined },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  request.callerId = caller?.globalUserId ?? null;
  const meant = request.headers[personHeader];
  if (meant !== undefined && caller !== undefined && meant !== caller.globalUserId)
    throw new Refusal('auth.other_person');
  if (!route) throw new Refusal('feature.not_available', { detail: `${operation.summary} It is not available yet.` });
  if (operation.method !== 'GET') checkOrigin(request, caller?.by);
  if (caller?.lacksSecondFactor === true && !mayGoWithout(operation)) throw new Refusal('auth.second_factor_needed');
  if (operation.freshLogin === true && caller?.isFresh === false) throw new Refusal('auth.fresh_login_needed');
  const call = describeCall(request, caller);
  if ('handleRaw' in route) {
    return route.handleRaw({ deps, call, ...(caller?.person ? { actor: caller.person } : {}) }, request, reply);
  }
  const input = parseInput(operation, { params: request.params, query: request.query, body: request.body });
  const run = async (claim?: Claim) => {
    const precondition = await openPrecondition(deps, operation, request);
    return execute(deps, { route, input, caller, call: claim ? { ...call, claim } : call, precondition });
  };
  const answer = caller ? await once(deps, { operation, route, input, caller, request }, run) : await run();
  return send(reply, request, operation, answer);
}

const mayGoWithout = ({ access, withoutSecondFactor }: Operation): boolean =>
  'public' in access || withoutSecondFactor === true;

export const hasCredential = (request: FastifyRequest): boolean =>
  request.headers.authorization !== undefined || readSessionCookie(request) !== undefined;

type Looked = { isPublic: boolean; wanted: Wanted };

async function authenticate(
  deps: Deps,
  request: FastifyRequest,
  { isPublic, wanted }: Looked,
): Promise<Caller | undefined> {
  const bearer = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (request.headers.authorization !== undefined) {
    if (bearer === undefined || isPublic) return undefined;
    return findCallerByToken(deps.db, bearer, { ip: request.ip, wanted });
  }
  const cookie = readSessionCookie(request);
  return cookie === undefined ? undefined : findCallerBySession(deps.db, cookie, wanted);
}

const describeCall = (request: FastifyRequest, caller: Caller | undefined): Call => ({
  id: request.id,
  ip: request.ip,
  userAgent: request.headers['user-agent'] ?? '',
  isSecure: request.protocol === 'https',
  origin: `${request.protocol}://${request.host}`,
  ...(caller ? { by: caller.by, credentialId: caller.credentialId } : {}),
});

type Execution = {
  route: Route;
  input: ParsedInput;
  caller: Caller | undefined;
  call: Call;
  precondition: Precondition | undefined;
};

async function execute(deps: Deps, execution: Execution): Promise<Reply<Operation>> {
  const { route, input, caller, call, precondition } = execution;
  try {
    // What a route may read of `actor`, nothing, the id or all of it, its own type says.
    const actor = caller?.person ?? (caller && { globalUserId: caller.globalUserId });
    const context = { deps: guarded(deps, execution), call, actor, ...input } as Parameters<Route['handle']>[0];
    const answer = await route.handle(context).catch((error: unknown) => fileHeld(deps, execution, error));
    return guardAnswer(route.operation, answer);
  } catch (error) {
    const refusal = refusalOfConstraint(error) ?? error;
    if (refusal instanceof Refusal) await precondition?.afterRefusal();
    throw refusal;
  }
}

/** A change that waits for another user admin is answered with what was filed of it. */
async function fileHeld(
  deps: Deps,
  { route, input, caller, call }: Execution,
  error: unknown,
): Promise<Reply<Operation>> {
  if (!(error instanceof HeldChange) || caller?.person === undefined) throw error;
  const held = { operation: route.operation, input, actor: caller.person, call };
  return { status: 202, body: await fileChange(deps, held, error.judged) };
}

/**
 * Operations by which people may lose access are held to what was confirmed, in the body where that has a place for it. What the caller
 * read is looked at next: nothing waits for anybody behind its lock; then, whether another user admin has to agree. That the effect is
 * there is noted last.
 */
function guarded(deps: Deps, { route, input, caller, call, precondition }: Execution): Deps {
  const { query, body } = input;
  const { operation } = route;
  const confirmation = [body, query].find(isConfirmation) ?? {};
  const look = lookOnce(deps);
  const confirmed =
    operation.losing === undefined ? undefined : requireConfirmedLoss(look, operation.losing, confirmation);
  const actor = caller?.person;
  const held =
    operation.mayWait === true && actor !== undefined
      ? holdChange(deps, { operation, input, actor, call }, look)
      : undefined;
  // Decisions of several callers are written together, and note the effect of each themselves.
  const marked = route.provesCaller === true ? undefined : call.claim;
  if ([confirmed, precondition, held, marked].every((one) => one === undefined)) return deps;
  return {
    ...deps,
    beforeCommit: async (tx, after) => {
      await confirmed?.(tx, after);
      await precondition?.beforeCommit(tx);
      await held?.(tx, after);
      if (marked !== undefined) await markEffect(tx, marked);
    },
  };
}

const isConfirmation = (part: unknown): part is Confirmation =>
  typeof part === 'object' && part !== null && ('confirmLoss' in part || 'basedOn' in part);

/** What leaves is what the contract says: unknown members are dropped, and an answer of another form is a bug. */
function guardAnswer(operation: Operation, answer: Reply<Operation>): Reply<Operation> {
  const schema = operation.responses[answer.status];
  if (schema === undefined) throw new Error(`${operation.id} answered ${answer.status}, which it does not declare`);
  if (schema === null) return { status: answer.status, ...(answer.headers ? { headers: answer.headers } : {}) };
  const result = schema.safeParse(answer.body);
  if (!result.success)
    throw new Error(`${operation.id} answered what its contract does not allow`, { cause: result.error });
  return { ...answer, body: result.data };
}

type Once = { operation: Operation; route: Route; input: ParsedInput; caller: Caller; request: FastifyRequest };

async function once(
  deps: Deps,
  { operation, route, input, caller, request }: Once,
  run: (claim?: Claim) => Promise<Reply<Operation>>,
): Promise<Reply<Operation>> {
  const key = request.headers['idempotency-key'];
  if (operation.method === 'GET' || key === undefined) return run();
  if (typeof key !== 'string' || key.length > 200 || key.length < 1) {
    throw new Refusal('request.malformed', {
      detail: 'Idempotency-Key must have 1 to 200 characters.',
      errors: [{ path: 'header.idempotency-key', message: 'must have 1 to 200 characters' }],
    });
  }
  const call: IdempotentCall = { globalUserId: caller.globalUserId, key, operationId: operation.id, input };
  const claimed = await claimIdempotencyKey(deps, call);
  if ('kept' in claimed) return { ...claimed.kept, headers: { 'idempotency-replayed': 'true' } };
  const { claim } = claimed;
  const answer = await run(claim).catch((error: unknown) => endClaim(deps, claim, error));
  failPoint('idempotency.beforeKept');
  try {
    await keepAnswer(deps.db, claim, { status: answer.status, body: answer.body, isKept: !route.answersSecret });
  } catch (error) {
    // The caller hears what became of it; a repeat is told that the effect is there.
    deps.log.warn({ err: error, call: request.id }, 'an answer was not kept for a repeat');
  }
  return answer;
}

/** The call's own failure is what its caller hears, whatever becomes of the key: a claim without an effect ends by itself. */
async function endClaim({ db, log }: Deps, claim: Claim, error: unknown): Promise<never> {
  const isRefused = error instanceof Refusal && errorDefinitions[error.code].status < 500;
  let isOwn = true;
  try {
    if (isRefused) await releaseIdempotencyKey(db, claim);
    else isOwn = await endFailedClaim(db, claim);
  } catch (failure) {
    log.warn({ err: failure }, 'a key of a call that failed was not released');
  }
  throw isOwn ? error : new Refusal('idempotency.in_progress');
}

function send(
  reply: FastifyReply,
  request: FastifyRequest,
  operation: Operation,
  answer: Reply<Operation>,
): FastifyReply {
  reply.code(answer.status).headers(answer.headers ?? {});
  if (answer.body === undefined) return reply.send();
  const json = JSON.stringify(answer.body);
  if (operation.method === 'GET') {
    const tag = entityTag(operation, answer.body, json);
    reply.header('etag', tag);
    if (request.headers['if-none-match'] === tag) return reply.code(304).send();
  }
  if (operation.answerType !== undefined && typeof answer.body === 'string')
    return reply.header('content-type', `${operation.answerType}; charset=utf-8`).send(answer.body);
  return reply.header('content-type', 'application/json; charset=utf-8').send(json);
}
