import { type ClientRequest, Agent as PlainAgent, type IncomingMessage, request as plainRequest } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest, type RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import {
  checkEgress,
  type EgressPurpose,
  EgressRefused,
  type EgressRules,
  isInAllowedRange,
  isNamed,
  resolveAll,
} from './egress-rules.ts';

export type GuardedCall = {
  readonly purpose: EgressPurpose;
  readonly url: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Off only where the one who named the address said so, with the right to. */
  readonly verifyTls?: boolean;
  /** From the first question to the resolver to the last byte read. */
  readonly timeoutMilliseconds?: number;
  /** As much of the answer as is read; the rest is cut. */
  readonly mostBytes?: number;
  /** The connection is kept for a moment, for the next call to the same address under the same name. */
  readonly keepAlive?: boolean;
  /** Called once all is handed over to the network, before any answer. */
  readonly onSent?: () => void;
};

export type GuardedReply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** There was more of the body than was read. */
  readonly isCut: boolean;
  readonly milliseconds: number;
};

/** Nobody answered: the sentence says why, for whoever named the address. */
export class EgressFailed extends Error {
  readonly code: 'timeout' | 'tls' | 'connect' | 'reply';
  constructor(code: EgressFailed['code'], message: string) {
    super(message);
    this.name = 'EgressFailed';
    this.code = code;
  }
}

const usualTimeout = 15_000;
const usualBytes = 20_000;
/** Once the status is there the answer stands; its body is only shown. */
const bodyPatience = 2_000;

/** Shorter than servers commonly keep one, so that it is seldom they who close it. */
const idleMilliseconds = 4_000;
/** Many who are told may lie behind one address, and each is told several things at a time. */
const kept = { keepAlive: true, timeout: idleMilliseconds, maxFreeSockets: 256 };
const plainAgent = new PlainAgent(kept);
const tlsAgent = new TlsAgent(kept);

type Resolve = (host: string) => Promise<readonly string[]>;

/**
 * The one way out (reliability.md 7.5): the name is resolved once, every address of it must be allowed, and the connection goes to the
 * very address that was judged. A redirect is an answer like any other and never followed.
 * Throws EgressRefused before anything is sent, and EgressFailed when nothing came back.
 */
export async function guardedFetch(
  rules: EgressRules,
  call: GuardedCall,
  resolve: Resolve = resolveAll,
): Promise<GuardedReply> {
  const start = performance.now();
  const timeout = call.timeoutMilliseconds ?? usualTimeout;
  const target = readTarget(rules, call);
  const ending = new AbortController();
  const end = ending.signal;
  const timer = setTimeout(() => ending.abort(), timeout);
  try {
    const address = await Promise.race([
      checkEgress(rules, { purpose: call.purpose, ...target }, resolve),
      whenAborted(end, timeout),
    ]);
    requireOpenPort(rules, call.purpose, { target, address });
    const response = await send(call, { target, address, end, timeout });
    const read = await readBody(response, { most: call.mostBytes ?? usualBytes, end });
    return {
      status: response.statusCode ?? 0,
      headers: flatten(response),
      ...read,
      milliseconds: Math.round(performance.now() - start),
    };
  } finally {
    clearTimeout(timer);
  }
}

type Target = { readonly url: URL; readonly host: string; readonly port: number; readonly isTls: boolean };

/** What can be judged before any name is resolved; for a form, so that a mistake is told while it is typed. */
export function checkUrl(rules: EgressRules, purpose: EgressPurpose, url: string): void {
  readTarget(rules, { purpose, url });
}

function readTarget(rules: EgressRules, { purpose, url: text }: Pick<GuardedCall, 'purpose' | 'url'>): Target {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new EgressRefused('The address', 'is no URL');
  }
  const isTls = url.protocol === 'https:';
  if (!isTls && url.protocol !== 'http:') throw new EgressRefused(url.protocol, 'is no way to call; use https');
  if (url.username !== '' || url.password !== '')
    throw new EgressRefused(url.host, 'comes with a user name or password, which an address must not hold');
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (host === '') throw new EgressRefused('The address', 'names no host');
  const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port);
  const target = { url, host, port, isTls };
  const mayBeOpened = rules.allowed.some((a) => a.purpose === purpose && 'range' in a);
  if (!isUsual(target) && !mayBeOpened && !isNamed(rules, { purpose, host, port })) throw unusual(purpose, target);
  return target;
}

const isUsual = ({ isTls, port }: Target): boolean => isTls && port === 443;

const unusual = (purpose: EgressPurpose, { url, host, port }: Target) =>
  new EgressRefused(
    url.host,
    `is not https on port 443; the operator may allow it with STOA_EGRESS_ALLOW=${purpose}=${host}:${port}`,
  );

/** Without TLS, or on another port, only what the operator named or the network that they opened. */
function requireOpenPort(
  rules: EgressRules,
  purpose: EgressPurpose,
  { target, address }: { target: Target; address: string },
): void {
  const { host, port } = target;
  if (isUsual(target) || isNamed(rules, { purpose, host, port })) return;
  if (!isInAllowedRange(rules, purpose, ipaddr.process(address))) throw unusual(purpose, target);
}

type Sending = { target: Target; address: string; end: AbortSignal; timeout: number };

async function send(call: GuardedCall, sending: Sending): Promise<IncomingMessage> {
  const first = await sendOnce(call, sending);
  if (first !== 'closed') return first;
  const second = await sendOnce({ ...call, keepAlive: false }, sending);
  if (second !== 'closed') return second;
  throw endedWithoutAnswer();
}

const endedWithoutAnswer = () => new EgressFailed('reply', 'The connection ended without an answer.');

/** 'closed': the connection had been kept, and the other side closed it meanwhile, as it may. */
function sendOnce(call: GuardedCall, { target, address, end, timeout }: Sending): Promise<IncomingMessage | 'closed'> {
  const { url, host, isTls } = target;
  const agent = isTls ? tlsAgent : plainAgent;
  const options: RequestOptions = {
    method: call.method,
    // The address that was judged, whatever the name means by now; also what a kept connection is found by.
    host: address,
    port: target.port,
    path: `${url.pathname}${url.search}`,
    headers: {
      'accept-encoding': 'identity',
      'user-agent': 'Stoa',
      ...call.headers,
      host: url.host,
      ...(call.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(call.body, 'utf8')) }),
    },
    agent: call.keepAlive === true ? agent : false,
    rejectUnauthorized: call.verifyTls !== false,
    servername: isIP(host) === 0 ? host : '',
  };
  return new Promise((resolve, reject) => {
    let isAnswered = false;
    const answer = (response: IncomingMessage) => {
      isAnswered = true;
      resolve(response);
    };
    const request: ClientRequest = isTls ? tlsRequest(options, answer) : plainRequest(options, answer);
    // Cheaper than the option `signal`, which watches the stream by itself.
    const cut = () => request.destroy(new Error('no answer in time'));
    if (end.aborted) cut();
    else end.addEventListener('abort', cut, { once: true });
    const fail = (error: () => EgressFailed) => {
      if (!isAnswered) reject(error());
    };
    request.on('error', (error) => {
      if (request.reusedSocket && isClosed(error) && !end.aborted) resolve('closed');
      else fail(() => explain(error, { end, timeout }));
    });
    // A change of protocol (101) ends the connection without either of both.
    request.on('close', () => {
      end.removeEventListener('abort', cut);
      fail(endedWithoutAnswer);
    });
    if (call.onSent) request.on('finish', call.onSent);
    // As text it leaves together with the headers, in one write.
    request.end(call.body, 'utf8');
  });
}

const isClosed = (error: Error): boolean => 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');

function whenAborted(end: AbortSignal, timeout: number): Promise<never> {
  return new Promise((_, reject) =>
    end.addEventListener('abort', () => reject(explain(end.reason, { end, timeout })), { once: true }),
  );
}

const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 100) / 10} s`;

function explain(error: unknown, { end, timeout }: { end: AbortSignal; timeout: number }): EgressFailed {
  if (end.aborted) return new EgressFailed('timeout', `No answer within ${seconds(timeout)}.`);
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const text = error instanceof Error ? error.message : String(error);
  if (/CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO|HOSTNAME/.test(code))
    return new EgressFailed('tls', `The TLS connection failed: ${code}.`);
  if (code.startsWith('HPE_')) return new EgressFailed('reply', `What came back is not HTTP: ${code}.`);
  return new EgressFailed('connect', `The connection failed: ${code === '' ? text : code}.`);
}

type Read = Pick<GuardedReply, 'body' | 'isCut'>;

/** Reads a bounded part, as the bytes come; an answer that stops in the middle, or never ends, is what was read of it. */
function readBody(response: IncomingMessage, { most, end }: { most: number; end: AbortSignal }): Promise<Read> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let length = 0;
    const finish = (isCut: boolean) => {
      clearTimeout(patience);
      end.removeEventListener('abort', cut);
      if (isCut) response.destroy();
      resolve({ body: asText(Buffer.concat(parts).subarray(0, most), response), isCut });
    };
    const cut = () => finish(true);
    const patience = setTimeout(cut, bodyPatience);
    end.addEventListener('abort', cut, { once: true });
    response.on('data', (chunk: Buffer) => {
      parts.push(chunk);
      length += chunk.length;
      if (length > most) cut();
    });
    response.on('end', () => finish(false));
    response.on('error', cut);
    response.on('aborted', cut);
  });
}

/** For people to read: what is no text is only counted, and no character that a database refuses comes through. */
function asText(bytes: Buffer, response: IncomingMessage): string {
  const encoding = response.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return `[${bytes.length} bytes, ${encoding}]`;
  return bytes.toString('utf8').replaceAll('\u0000', '\ufffd');
}

function flatten({ rawHeaders }: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    const known = headers[name.toLowerCase()];
    headers[name.toLowerCase()] = known === undefined ? value : `${known}, ${value}`;
  }
  return headers;
}
