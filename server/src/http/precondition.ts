import type { Operation } from '@stoa/contract/operation';
import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { createHash } from 'node:crypto';
import type { Tx } from '../db/pool.ts';
import type { Deps } from '../deps.ts';
import { asInnerRead } from './open-calls.ts';
import { Refusal } from './refusal.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 27);

/**
 * The tag of an answer: the same body has the same one. Where some of its members are not edited it has two parts, `"<edited>.<whole>"`:
 * a cache compares all of it, and `If-Match` the first.
 * @param json the body as it is sent
 */
export function entityTag({ unedited }: Operation, body: unknown, json: string): string {
  if (unedited === undefined) return `"${hash(json)}"`;
  const edited = Object.entries(Object(body)).filter(([member]) => !unedited.includes(member));
  return `"${hash(JSON.stringify(edited))}.${hash(json)}"`;
}

const editedPart = (tag: string): string => tag.replace(/^W\//, '').replace(/\.[\w-]*"$/, '"');

/** Whether an `If-Match` header names what this tag stands for. */
const namesTag = (ifMatch: string, tag: string): boolean =>
  ifMatch.split(',').some((one) => editedPart(one.trim()) === editedPart(tag));

/** What a call with `If-Match` is held to. */
export type Precondition = {
  /** Before the commit, under all locks of the change: refuses when what the caller read is not what stands there. */
  readonly beforeCommit: (tx: Tx) => Promise<void>;
  /** What was refused because somebody else was quicker is refused for that: it says what to do. */
  readonly afterRefusal: () => Promise<void>;
};

/**
 * Holds `If-Match` against the tag that a read of the same address gives this caller now, and again when the change is about to be
 * committed. There it is read past the transaction: what others have committed before its locks were given is seen, and nobody commits
 * in between. Of several who change the same thing at once, one is left. Undefined for calls that ask for nothing of the kind.
 */
export async function openPrecondition(
  deps: Deps,
  operation: Operation,
  request: FastifyRequest,
): Promise<Precondition | undefined> {
  const named = request.headers['if-match'];
  if (named === undefined || named === '*' || operation.method === 'GET' || operation.method === 'POST')
    return undefined;
  const addresses = addressesOf(operation, request);
  const changed = () => new Refusal('precondition.failed', { extra: { etagOf: addresses.map(pathOf) } });
  /** Undefined: nothing there has a tag. */
  const isNamed = async (reading: Deps): Promise<boolean | undefined> => {
    let answer: boolean | undefined;
    for (const address of addresses) {
      const tag = await readTag(reading, request, address);
      if (tag !== undefined) answer = namesTag(named, tag);
      if (answer === true) break;
    }
    return answer;
  };
  const first = await isNamed(deps);
  if (first === undefined) return undefined;
  if (!first) throw changed();
  // The few sessions apart: those who hold one of the others wait for nobody who holds one of these.
  const outside: Deps = { ...deps, db: deps.outside, frequent: deps.outside };
  let hasHeld = false;
  return {
    async beforeCommit(tx) {
      if (hasHeld) return;
      // Whatever the operation itself has locked, those who name a tag of this address commit one after the other.
      await sql`select pg_advisory_xact_lock(hashtextextended(${`if-match ${pathOf(addresses[0] ?? '').toLowerCase()}`}, 0))`.execute(
        tx,
      );
      if ((await isNamed(outside)) !== true) throw changed();
      hasHeld = true;
    },
    async afterRefusal() {
      if (!hasHeld && (await isNamed(deps)) === false) throw changed();
    },
  };
}

const pathOf = (url: string): string => url.split('?')[0] ?? url;

/** Where the tag comes from that a change may name: the whole it is a part of, and its own address. */
function addressesOf({ partOf }: Operation, { url, params }: FastifyRequest): string[] {
  if (partOf === undefined) return [url];
  const values = new Map(Object.entries(Object(params)));
  return [partOf.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values.get(name)))), url];
}

/** The tag that a read of an address gives the caller; undefined where there is nothing that they may read. */
async function readTag(deps: Deps, request: FastifyRequest, url: string): Promise<string | undefined> {
  const read = await asInnerRead(deps, () =>
    request.server.inject({
      method: 'GET',
      url,
      remoteAddress: request.ip,
      headers: credentialsOf(request),
    }),
  );
  // Not known is not the same as unchanged.
  if (read.statusCode >= 500) throw new Refusal('server.busy', { headers: { 'retry-after': '2' } });
  const tag = read.headers['etag'];
  return read.statusCode === 200 && typeof tag === 'string' ? tag : undefined;
}

/** A header that did not come must not be named at all. */
function credentialsOf(request: FastifyRequest): Record<string, string> {
  const { authorization, cookie } = request.headers;
  return { ...(authorization === undefined ? {} : { authorization }), ...(cookie === undefined ? {} : { cookie }) };
}
