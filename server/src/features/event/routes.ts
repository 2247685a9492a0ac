import { streamEvents } from '@stoa/contract/event';
import { sql } from 'kysely';
import type { Deps } from '../../deps.ts';
import { credentialHolds } from '../../http/authenticate.ts';
import type { LiveEventRow } from '../../work/live-events.ts';
import { type Call, type RawRoute, rawRoute } from '../../http/route.ts';

const heartbeatMilliseconds = 20_000;
/** A stream ends after this long; the browser opens a new one, and its login is checked again. */
const streamMilliseconds = 10 * 60_000;
/** Whoever has signed out, or was disabled, hears nothing any more after this. */
const provenMilliseconds = 5_000;
/** Bytes that wait for a reader. Who does not read is let go, and opens a new stream when they do. */
const mostUnread = 1_000_000;

async function isProven({ db }: Deps, { by, credentialId }: Call, globalUserId: string): Promise<boolean> {
  const holds = credentialHolds({
    by: sql`${by}`,
    id: sql`${credentialId}::uuid`,
    ownerId: sql`${globalUserId}::uuid`,
  });
  const { rows } = await sql<{ holds: boolean }>`select ${holds} as holds`.execute(db);
  return rows[0]?.holds === true;
}

export const eventRoutes: readonly RawRoute[] = [
  rawRoute(streamEvents, async ({ deps, actor, call }, request, reply) => {
    reply.hijack();
    const stream = reply.raw;
    stream.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    });
    if (request.method === 'HEAD') {
      stream.end();
      return reply;
    }
    const send = (text: string) => {
      if (stream.writableLength > mostUnread) stream.destroy();
      else if (stream.writable) stream.write(text);
    };
    const tell = ({ sequence, type, id }: LiveEventRow) =>
      send(`id: ${sequence}\ndata: ${JSON.stringify({ type, id, version: sequence })}\n\n`);
    let provenAt = performance.now();
    const prove = async () => {
      provenAt = performance.now();
      if (actor !== undefined && !(await isProven(deps, call, actor.globalUserId))) end();
    };
    /** What came while the login is being looked at again: it is told once that has been found good. */
    let waiting: LiveEventRow[] | undefined;
    const write = (event: LiveEventRow) => {
      // Somebody's messages are news to them alone.
      if (event.type === 'notification' && event.id !== actor?.globalUserId) return;
      if (waiting !== undefined) return void waiting.push(event);
      if (performance.now() - provenAt < provenMilliseconds) return tell(event);
      waiting = [event];
      const tellAll = () => {
        for (const one of waiting ?? []) tell(one);
        waiting = undefined;
      };
      prove().then(tellAll).catch(end);
    };
    send('retry: 2000\n\n');
    const heartbeat = setInterval(() => {
      send(': still here\n\n');
      prove().catch(end);
    }, heartbeatMilliseconds);
    const lastCall = setTimeout(() => end(), streamMilliseconds);
    const unsubscribe = deps.live.subscribe(write, () => end());
    const stop = () => {
      clearInterval(heartbeat);
      clearTimeout(lastCall);
      unsubscribe();
    };
    const end = () => {
      stop();
      stream.end();
    };
    stream.on('close', stop);
    // A reader that goes away in the middle of a write is nobody's error.
    stream.on('error', stop);
    try {
      // Asked for once it listens: nothing falls between what was missed and what comes.
      const last = Number(request.headers['last-event-id']);
      const isBack = Number.isSafeInteger(last) && last > 0;
      const missed = isBack ? await deps.live.since(last) : undefined;
      for (const event of missed ?? []) write(event);
      // Too much was missed to tell piece by piece: the page reads everything again.
      if (isBack && missed === undefined) send('event: again\ndata: *\n\n');
      // A page that comes now may have read its messages a moment before the last one came.
      if (!isBack && actor !== undefined && (await deps.live.wasToldRecently(actor.globalUserId)))
        send('event: again\ndata: notification\n\n');
    } catch (error) {
      deps.log.warn({ err: error }, 'what a page missed could not be read; it opens its stream again');
      end();
    }
    return reply;
  }),
];
