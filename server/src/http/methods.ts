import { operations } from '@stoa/contract/operations';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { Refusal } from './refusal.ts';
import { isPage } from './web-assets.ts';

/** `HEAD` is answered by what answers `GET`: everything is judged alike, and Node leaves the body out. */
export const reading: ['GET', 'HEAD'] = ['GET', 'HEAD'];

/** A stream whose bytes nobody gets is not read at all. */
export async function leaveUnread(request: FastifyRequest, _reply: FastifyReply, payload: unknown): Promise<unknown> {
  if (request.method !== 'HEAD' || !(payload instanceof Readable)) return payload;
  payload.destroy();
  return null;
}

const addresses = new Map<string, { form: RegExp; methods: Set<string> }>();
for (const { method, path } of operations) {
  const form = new RegExp(`^${path.replaceAll(/[.]/g, '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
  const address = addresses.get(path) ?? { form, methods: new Set() };
  for (const one of method === 'GET' ? reading : [method]) address.methods.add(one);
  addresses.set(path, address);
}

/** What an address takes, by the contract and by the pages that are served; nothing: there is no such address. */
function methodsOf(app: FastifyInstance, path: string): string[] {
  const found = new Set<string>();
  for (const { form, methods } of addresses.values())
    if (form.test(path)) for (const method of methods) found.add(method);
  if (found.size === 0 && isPage(path) && app.hasRoute({ method: 'GET', url: '/*' }))
    for (const method of reading) found.add(method);
  return found.size === 0 ? [] : [...found, 'OPTIONS'];
}

/** Answers what no route takes: an address that is not there, a method that is not taken there, or the question which ones are. */
export function answerUnrouted(app: FastifyInstance, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const allowed = methodsOf(app, request.url.split('?')[0] ?? '');
  if (allowed.length === 0) throw new Refusal('route.not_found');
  const headers = { allow: allowed.join(', ') };
  if (request.method === 'OPTIONS') return reply.code(204).headers(headers).send();
  throw new Refusal('route.method_not_allowed', {
    detail: `${request.method} is none of the methods of this address: ${headers.allow}.`,
    headers,
  });
}
